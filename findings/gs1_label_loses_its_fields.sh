#!/bin/sh
# zxing-cpp reads a GS1 label correctly; python-stdnum calls its text valid and makes one field of two.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work"
"$work/bin/pip" install -q --disable-pip-version-check zxing-cpp==3.1.1 pillow==13.0.0 python-stdnum==2.2
"$work/bin/python" - <<'PYTHON'
from importlib.metadata import version

import zxingcpp
from PIL import Image
from stdnum import gs1_128

print(f"zxing-cpp {version('zxing-cpp')}, python-stdnum {version('python-stdnum')}")
print("Guess: the text that the reader gives, with each field's number in brackets, can be taken apart at the brackets.")

LABEL = "(01)07612345678900(10)L1(21)S1"  # article, lot and serial number
FIELDS = {"01": "07612345678900", "10": "L1", "21": "S1"}
drawn = zxingcpp.create_barcode(LABEL, zxingcpp.BarcodeFormat.Code128, gs1=True)
image = drawn.to_image(scale=3, add_quiet_zones=True)
picture = Image.frombuffer("L", (image.shape[1], image.shape[0]), memoryview(image).tobytes())
(found,) = zxingcpp.read_barcodes(picture)
(plain,) = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)

print(f"  printed and read  {found.text}")
print(f"  valid             {gs1_128.is_valid(found.text)}")
print(f"  taken apart       {gs1_128.info(found.text)}")
print(f"  and with the separators that the symbol holds  {gs1_128.info(plain.text, separator=chr(29))}")
print("Why: stdnum throws the brackets away before it looks for fields; the lot has no fixed length and takes the rest.")
print("Instead: read with TextMode.Plain and give stdnum the separator, or split at the brackets and ask for each field.")

assert found.text == LABEL
assert gs1_128.is_valid(found.text)
assert gs1_128.info(found.text) == {"01": "07612345678900", "10": "L121S1"}
assert gs1_128.info(plain.text, separator=chr(29)) == FIELDS
PYTHON
