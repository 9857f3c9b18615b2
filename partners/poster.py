"""The poster with the QR code that leads people to an organisation's own link: one page, in four languages."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from documents.barcodes import qr_code
from documents.drawing import MARK, Drawing
from documents.pdf import render

from .models import IntakeLink

STYLE = Path(__file__).with_suffix(".css").read_text()
SIDE = 78.0  # mm of the QR code: read from two metres away


def address_of(link: IntakeLink) -> str:
    """Where people ask, as the code holds it."""
    return settings.BASE_URL + reverse("ask:language", args=[link.token])


def words_for(link: IntakeLink, language: str) -> str:
    """The poster as HTML; all that it says, and so when a new one is due."""
    address = urlsplit(address_of(link))
    with translation.override(language):
        context = {
            "language": language,
            "title": _("Do you need a laptop?"),
            "author": settings.ASSOCIATION["name"],
            "partner": link.partner,
            "site": address.netloc,
            "path": address.path,
        }
        return render_to_string("partners/poster_pdf.html", context)


def fingerprint(html: str) -> str:
    """The same for as long as words and look stay the same."""
    return hashlib.sha256(f"{html}{STYLE}".encode()).hexdigest()


def render_poster(link: IntakeLink, html: str) -> bytes:
    """The PDF of a poster's HTML, with its code."""
    code = Drawing(SIDE, SIDE, [], qr_code(address_of(link), side=SIDE))
    return render(html, STYLE, {"mark": MARK, "code": code})
