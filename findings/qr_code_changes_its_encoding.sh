#!/bin/sh
# zxing-cpp writes a QR code in an encoding that it picks by the letters, and no mark in the code says which one.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work"
"$work/bin/pip" install -q --disable-pip-version-check zxing-cpp==3.1.1
"$work/bin/python" - <<'PYTHON'
from importlib.metadata import version

import zxingcpp
from zxingcpp import BarcodeFormat

print(f"zxing-cpp {version('zxing-cpp')}")
print("Guess: a text becomes UTF-8, as a Swiss QR-bill requires it and as most programs write it, or a mark (ECI) tells.")


def written(content, **options):
    code = zxingcpp.create_barcode(content, BarcodeFormat.QRCode, ec_level="M", **options)
    read = zxingcpp.read_barcode(code.to_image(scale=4))
    return read.bytes, read.symbology_identifier, read.text


for text in ("Zürich", "Zürich, Šarić", "Zürich, 東"):
    for what, given, options in (("the text", text, {}), ("its UTF-8, eci=0", text.encode(), {"eci": "0"})):
        kept, mark, read = written(given, **options)
        print(f"  {text!r:16} from {what:17} {mark} {kept!r} read back as {read!r}")
print("Why: Latin-1 where it holds all letters, Latin-2 for the second text, UTF-8 for the third. ]Q1 means: no mark.")
print("Its own reader guesses right; another one, told that a bill is UTF-8, finds bytes that are none, or other letters.")
print("Instead: give it the bytes and eci='0'.")

assert written("Zürich")[:2] == ("Zürich".encode("latin-1"), "]Q1")
assert written("Zürich, Šarić")[:2] == ("Zürich, Šarić".encode("iso8859-2"), "]Q1")
assert written("Zürich, 東")[:2] == ("Zürich, 東".encode(), "]Q1")
assert written("Zürich, Šarić".encode(), eci="0") == ("Zürich, Šarić".encode(), "]Q1", "Zürich, Šarić")
PYTHON
