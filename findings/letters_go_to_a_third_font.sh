#!/bin/sh
# With the bold cut of a family for the digits alone (unicode-range), WeasyPrint sets the letters in a font that the page
# does not name. Needs Pango, as WeasyPrint does: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work"
"$work/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 pypdfium2==5.15.2 \
    font-roboto==0.0.1 font-source-sans-pro==0.0.1 font-caladea==0.0.2
# Whatever is installed on this machine, the page sees one system font: Caladea.
cat >"$work/fonts.conf" <<XML
<fontconfig><dir>$(echo "$work"/lib/python3*/site-packages/font_caladea)</dir><cachedir>$work/cache</cachedir></fontconfig>
XML
FONTCONFIG_FILE=$work/fonts.conf "$work/bin/python" - <<'PYTHON'
import ctypes
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import font_roboto
import font_source_sans_pro
import pypdfium2
from pypdfium2.raw import FPDFText_GetFontInfo, FPDFText_GetUnicode
from weasyprint import CSS, HTML
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration

fontconfig = ctypes.CDLL("libfontconfig.so.1").FcGetVersion()
print(f"weasyprint {version('weasyprint')}, pango {pango.pango_version()}, fontconfig {fontconfig}")
print("Guess: `font-family: Figures, Letters` sets the digits in Figures, which is limited to them, and all else in Letters.")


def face(family, package, name, more=""):
    path = Path(package.__file__).parent / "files" / name
    return f"@font-face {{ font-family: {family}; src: url({path.as_uri()}); {more} }}"


def fonts_of(*faces):
    """The text of a page in pieces, each with the font that the PDF sets it in."""
    fonts = FontConfiguration()
    css = CSS(string="".join(faces) + "p { font-family: Figures, Letters }", font_config=fonts)
    pdf = HTML(string="<p>Total 1590").write_pdf(stylesheets=[css], font_config=fonts)
    text, name = pypdfium2.PdfDocument(pdf)[0].get_textpage(), ctypes.create_string_buffer(100)
    signs = []
    for at in range(text.count_chars()):
        FPDFText_GetFontInfo(text, at, name, 100, None)
        font = name.value.decode().partition("+")[2].partition("-")[0]
        signs.append((font, chr(FPDFText_GetUnicode(text, at))))
    return [(font, "".join(sign for _font, sign in run).strip()) for font, run in groupby(signs, lambda pair: pair[0])]


DIGITS = "unicode-range: U+30-39"
letters = face("Letters", font_roboto, "Roboto-Regular.ttf")
another = fonts_of(face("Figures", font_source_sans_pro, "SourceSansPro-Bold.ttf", DIGITS), letters)
bold = fonts_of(face("Figures", font_roboto, "Roboto-Bold.ttf", DIGITS), letters)
print("  Letters alone                      ", fonts_of(letters))
print("  digits from another family         ", another)
print("  digits from the bold cut of Letters", bold)
print("Why: the range is applied after the fonts are chosen. By then Letters has been dropped, as it holds no sign that the")
print("whole bold file would lack.")
print("Instead: cut the digits out into a file of their own (fonttools subset), which needs no unicode-range.")

assert another == [("Letters", "Total"), ("Figures", "1590")]
assert bold == [("Caladea", "Total"), ("Figures", "1590")]
PYTHON
