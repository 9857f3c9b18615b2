"""Paper: HTML to PDF by WeasyPrint, with nothing fetched from anywhere.

WeasyPrint is imported when the first page is rendered, so that no web worker carries it.
"""

import atexit
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "liberation"
FACES = {"Regular": ("normal", 400), "Bold": ("normal", 700)}


def render(html: str, stylesheet: str = "") -> bytes:
    """The PDF of a page; `stylesheet` is CSS text. Anything but a `data:` address in it is refused."""
    import weasyprint

    return weasyprint.HTML(string=html, url_fetcher=_fetcher()).write_pdf(
        stylesheets=[_faces(), _parsed(stylesheet)], font_config=_fonts()
    )


@cache
def _fetcher() -> Any:
    """Files and hosts are out of reach: a typed `file:///etc/passwd` must not end up on paper."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"])


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_forget)
    return FontConfiguration()


def _forget() -> None:
    """Let go of the fonts while Python still stands: what deletes their temporary folder is gone a moment later."""
    for cached in (_parsed, _faces, _fonts):
        cached.cache_clear()


@cache
def _faces() -> Any:
    return _parsed("".join(_face(name, *face) for name, face in FACES.items()))


def _face(name: str, style: str, weight: int) -> str:
    font = b64encode((FONTS / f"LiberationSans-{name}.ttf").read_bytes()).decode()
    return (
        f"@font-face {{ font-family: 'Liberation Sans'; font-style: {style}; font-weight: {weight};"
        f" src: url(data:font/ttf;base64,{font}) }}"
    )


@cache
def _parsed(stylesheet: str) -> Any:
    import weasyprint

    return weasyprint.CSS(string=stylesheet, font_config=_fonts(), url_fetcher=_fetcher())
