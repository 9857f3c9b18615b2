"""Sentences that colleagues stumbled over in use: none of them is said any more, and what is said instead."""

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override, pgettext

ROOT = Path(__file__).resolve().parent.parent

GONE = {
    "en": [
        r"%\(count\)s things need you today",
        r"settles? by phone",
        r"by (itself|themselves)\b",
        r"for a short time only",
        r"^No invoice fits by itself",
    ],
    "de": [
        r"^Mindestens 1900",
        r"Etwas davon sind nicht Sie",
        r"gilt nur kurz",
        r"herausgenommen: Ihre ",
        r": herausnehmen\.$",
        r"zum Wegwerfen",
        r"Alte Etikette",
        r"^Annulliert$",
        r"achtmal",
        r"^Keine Rechnung wurde automatisch gefunden",
        r"^Von Hand$",
        r"\bBis dann\b",
        r"\bSachen auf Sie",
        r"^Weiter packen$",
        r"Es geht nicht\? Fragen",
    ],
    "fr": [
        r"\w'\w",
        r"^Payée le$",
        r"^Abandonné$|[Tt]âches? abandonnée",
        r"réécriture",
        r"^Organisation souhaite",
        r"[Cc]olis (est |a été )?(à )?retiré?r?\b",
        r"que peu de temps",
    ],
    "it": [r"\w'\w", r"[Aa]bbandonat", r"solo per poco tempo"],
}
SAID = [
    ("de", None, "Parcel to take out", "Paket zum Herausnehmen"),
    ("de", "shipment", "Taken out", "Herausgenommen"),
    ("de", "payments", "Waits", "Wartet"),
    ("de", None, "Until then nobody sees it.", "Bis dahin sieht sie niemand."),
    ("fr", None, "Check", "Vérifier"),
    ("fr", "amount", "Paid", "Payé"),
    ("fr", None, "Paid on", "Payé le"),
    ("fr", None, "Given up", "Échoué"),
    ("fr", "invoices", "Issued", "Émises"),
    ("fr", None, "Take out", "Défaire"),
    ("fr", None, "Clear (overwritten)", "Clear (écrasement)"),
    ("fr", None, "Organisation wants to take part", "Organisation qui souhaite participer"),
]


def said(language):
    """All that the house says in a language, or its sources; of what we say instead of others as well."""
    found = []
    for folder in (ROOT / "locale", ROOT / "locale" / "borrowed", ROOT / "templates" / "public" / "locale"):
        text = (folder / ("de" if language == "en" else language) / "LC_MESSAGES" / "django.po").read_text()
        lines = re.sub(r'"\n"', "", text).split("\n")
        kind = "msgid" if language == "en" else "msgstr"
        found += [line.partition('"')[2].removesuffix('"') for line in lines if line.startswith(kind)]
    return found


@pytest.mark.parametrize(("language", "sentence"), [(each, words) for each in GONE for words in GONE[each]])
def test_a_sentence_that_misled_is_gone(language, sentence):
    assert [words for words in said(language) if re.search(sentence, words)] == []


@pytest.mark.parametrize(("language", "context", "source", "words"), SAID)
def test_what_is_said_instead(language, context, source, words):
    with override(language):
        assert (pgettext(context, source) if context else gettext(source)) == words
