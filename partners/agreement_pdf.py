"""The framework agreement as a letter, drawn from what was kept of it and nothing else."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from documents.drawing import MARK
from documents.pdf import render

from .agreement_text import blocks

STYLE = Path(__file__).with_suffix(".css").read_text()


def render_agreement(words: dict[str, Any]) -> bytes:
    """The PDF of an agreement in its language; `words` as `actions.plan_paper` keeps them."""
    signatures = dict(words["signatures"])
    for name in ("signed_at", "countersigned_at"):
        if signatures.get(name):
            signatures[name] = datetime.fromisoformat(signatures[name])
    if signatures.get("signed_on"):
        signatures["signed_on"] = datetime.fromisoformat(signatures["signed_on"]).date()
    with translation.override(words["language"]):
        context = {
            "language": words["language"],
            "title": f"{_('Framework agreement')} {words['version']}",
            "author": words["association"]["name"],
            "words": words,
            "blocks": blocks(words["text"]),
            "signatures": signatures,
        }
        html = render_to_string("partners/agreement_pdf.html", context)
    return render(html, STYLE, {"mark": MARK})
