"""The public letter to take along to a commune that does not take part: one page, in four languages."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from documents.barcodes import qr_code
from documents.drawing import Drawing
from documents.pdf import render

from .models import Commune, Partner, Tariff

STYLE = Path(__file__).with_suffix(".css").read_text()
SIDE = 24.0  # mm of the QR code
# Our mark, as in components/mark.html: the base in ink, the screen in green.
MARK = Drawing(32, 32, [], ".067 .067 .067 rg 1 23 22 5 re f .082 .447 .275 rg 17.5 21 m 23.7 21 l 31 3 l 24.8 3 l f")


def words_for(commune: Commune, language: str) -> str:
    """The letter as HTML; all that it says, and so when a new one is due."""
    with translation.override(language):
        return render_to_string("partners/letter_pdf.html", _about(commune, language))


def fingerprint(html: str) -> str:
    """The same for as long as words, look and address stay the same."""
    return hashlib.sha256(f"{html}{STYLE}{settings.BASE_URL}".encode()).hexdigest()


def render_letter(html: str) -> bytes:
    code = Drawing(SIDE, SIDE, [], qr_code(f"{settings.BASE_URL}/", side=SIDE))
    return render(html, STYLE, {"mark": MARK, "code": code})


def _about(commune: Commune, language: str) -> dict[str, Any]:
    price = Tariff.objects.price_for(tier="standard", delivery=Partner.Delivery.PERSON)
    return {
        "language": language,
        "title": _("Laptops for people in poverty: %(commune)s can take part") % {"commune": commune.name},
        "author": settings.ASSOCIATION["name"],
        "commune": commune,
        "price": price,
        "association": settings.ASSOCIATION,
        "site": urlsplit(settings.BASE_URL).netloc,
    }
