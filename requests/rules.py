"""What a request must keep to before it is written down; pure."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

SOCIAL_SECURITY_NUMBER = re.compile(r"756\d{10}")


def faults(answers: dict[str, Any]) -> dict[str, str]:
    """What stands against these answers, as a sentence per field; empty when all is well.

    `answers` holds case_reference, first_name, last_name, and where asked system, purpose and proof.
    """
    found = {}
    reference = answers["case_reference"]
    if SOCIAL_SECURITY_NUMBER.search(re.sub(r"[^0-9]", "", reference)):
        found["case_reference"] = _(
            "This holds a social security number (756…). The case reference is printed on the invoice: leave it out."
        )
    elif holds_a_name(reference, answers["first_name"], answers["last_name"]):
        found["case_reference"] = _("The case reference is printed on the invoice: leave the person’s name out of it.")
    if answers.get("system") == "windows":
        if answers.get("purpose") != "training":
            found["system"] = _("Windows is only for a training that needs it.")
        elif not answers.get("proof"):
            found["proof"] = _("Attach the proof from the training provider.")
    return found


def holds_a_name(reference: str, *names: str) -> bool:
    """Whether a text holds one of the names or a part of one; initials and two letters don't count."""
    text = _plain(reference)
    parts = (part for name in names for part in re.split(r"[\s\-'’]+", _plain(name)))
    return any(len(part) > 2 and part in text for part in parts)


def _plain(text: str) -> str:
    """Without accents and capitals: "Zürcher" is in "ZURCHER-1"."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
