"""Liberation Sans, the font of all our paper, kept ready for as long as the process runs."""

import atexit
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

FAMILY = "Liberation Sans"
FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "liberation"
WEIGHTS = {400: "Regular", 700: "Bold"}
PANGO_UNITS = 1024  # in a CSS pixel


class Face(NamedTuple):
    """A weight of the font, for what we draw ourselves."""

    pango_font: Any
    glyphs: dict[str, tuple[int, int]]  # a character's number in the font and its width in thousandths of the size


@cache
def configuration() -> Any:
    """What WeasyPrint knows of fonts, with ours in it."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_forget)
    fonts = FontConfiguration()
    CSS(string="".join(_rule(weight) for weight in WEIGHTS), font_config=fonts)
    return fonts


def _forget() -> None:
    """Let go of the fonts while Python still stands: what deletes their temporary folder is gone a moment later."""
    face.cache_clear()
    configuration.cache_clear()


def _rule(weight: int) -> str:
    content = b64encode(_file(weight).read_bytes()).decode()
    return f"@font-face {{ font-family: '{FAMILY}'; font-weight: {weight}; src: url(data:font/ttf;base64,{content}) }}"


def _file(weight: int) -> Path:
    return FONTS / f"LiberationSans-{WEIGHTS[weight]}.ttf"


@cache
def face(weight: int) -> Face:
    """One weight: 400 or 700."""
    from fontTools.ttLib import TTFont
    from weasyprint.text.ffi import ffi, gobject, pango

    description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
    pango.pango_font_description_set_family(description, FAMILY.encode())
    pango.pango_font_description_set_weight(description, weight)
    pango.pango_font_description_set_absolute_size(description, 10 * PANGO_UNITS)
    font_map = configuration().font_map
    context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
    loaded = pango.pango_font_map_load_font(font_map, context, description)
    with TTFont(_file(weight)) as font:
        widths, unit = font["hmtx"].metrics, font["head"].unitsPerEm
        glyphs = {
            chr(code): (font.getGlyphID(name), round(widths[name][0] * 1000 / unit))
            for code, name in font.getBestCmap().items()
        }
    return Face(ffi.gc(loaded, gobject.g_object_unref), glyphs)
