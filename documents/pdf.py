"""Paper: HTML to PDF by WeasyPrint, with nothing fetched from anywhere.

WeasyPrint is imported when the first page is rendered, so that no web worker carries it.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from . import fonts
from .drawing import Drawing

NONE: Mapping[str, Drawing] = MappingProxyType({})


def render(html: str, stylesheet: str = "", drawings: Mapping[str, Drawing] = NONE) -> bytes:
    """The tagged PDF of a page; `stylesheet` is CSS text. Anything but a `data:` address in it is refused.

    `<img src="drawing:slip" alt="…">` shows `drawings["slip"]`.
    """
    import weasyprint

    return weasyprint.HTML(string=html, url_fetcher=_fetcher()).write_pdf(
        stylesheets=[_parsed(stylesheet)],
        font_config=fonts.configuration(),
        cache={f"drawing:{name}": drawing for name, drawing in drawings.items()},
        pdf_variant="pdf/ua-1",
    )


@cache
def _fetcher() -> Any:
    """Files and hosts are out of reach: a typed `file:///etc/passwd` must not end up on paper."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"])


@cache
def _parsed(stylesheet: str) -> Any:
    import weasyprint

    return weasyprint.CSS(string=stylesheet, font_config=fonts.configuration(), url_fetcher=_fetcher())
