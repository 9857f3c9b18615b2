"""What a request must keep to before it is written down; pure."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

SOCIAL_SECURITY_NUMBER = re.compile(r"756\d{10}")
ADDRESS = ("street", "postcode", "town")
LETTERS = re.compile(r"[^\W\d_]+")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe"})
STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d"})  # Unicode does not take these apart


def faults(answers: dict[str, Any]) -> dict[str, str]:
    """What stands against these answers, as a sentence per field; empty when all is well.

    `answers` holds case_reference, first_name, last_name, delivery, and where asked the address, system, purpose and
    proof.
    """
    found = name_faults(answers["first_name"], answers["last_name"])
    reference = answers["case_reference"]
    if SOCIAL_SECURITY_NUMBER.search(re.sub(r"[^0-9]", "", reference)):
        found["case_reference"] = _(
            "This holds a social security number (756…). The case reference is printed on the invoice: leave it out."
        )
    elif holds_a_name(reference, answers["first_name"], answers["last_name"]):
        found["case_reference"] = _("The case reference is printed on the invoice: leave the person’s name out of it.")
    if answers["delivery"] == "person":
        sentence = _("A parcel to the person needs street, postcode and town.")
        found |= {name: sentence for name in ADDRESS if not answers.get(name)}
    if answers.get("system") == "windows":
        if answers.get("purpose") != "training":
            found["system"] = _("Windows is only for a training that needs it.")
        elif not answers.get("proof"):
            found["proof"] = _("Attach the proof from the training provider.")
    return found


def name_faults(first_name: str, last_name: str) -> dict[str, str]:
    """What stands against a person's name: one name suffices, in either field, and a line or a point is none."""
    names = {"first_name": first_name, "last_name": last_name}
    if not any(names.values()):
        return {"first_name": _("Enter a name. One is enough, in either field.")}
    sentence = _("This is no name. If the person has one name only, leave the other field empty.")
    return {field: sentence for field, name in names.items() if name and not any(map(str.isalpha, name))}


def holds_a_name(reference: str, *names: str) -> bool:
    """Whether a text holds one of the names or a part of one: two letters as a word of their own, an initial never."""
    texts = _spellings(reference)
    words = {word for text in texts for word in LETTERS.findall(text)}
    for name in names:
        for part in zip(*map(LETTERS.findall, _spellings(name)), strict=True):
            if len(part[0]) > 2:
                if any(spelling in text for spelling in part for text in texts):
                    return True
            elif len(part[0]) == 2 and not words.isdisjoint(part):
                return True
    return False


def _spellings(text: str) -> tuple[str, str]:
    """Without accents and capitals, and as Swiss case systems write umlauts: "zurcher" and "zuercher"."""
    text = unicodedata.normalize("NFC", text.casefold())
    return _plain(text), _plain(text.translate(UMLAUTS))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(STROKES))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
