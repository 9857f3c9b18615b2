"""The columns of a workbook of organisations: their headings in all languages, and the words that cells may hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

from records.text import fold

from .models import BillTo, Membership, Partner

EXAMPLE = gettext_lazy("Example: delete this row")
OFFICE = gettext_lazy("To the organisation")
LANGUAGE_WORDS = {  # as offices of each language write them
    "de": "de deutsch allemand tedesco german d",
    "fr": "fr französisch français francais francese french f",
    "it": "it italienisch italien italiano italian i",
    "en": "en englisch anglais inglese english e",
}
COUNTRY_WORDS = {
    "CH": "ch schweiz suisse svizzera switzerland svizra",
    "LI": "li fl liechtenstein",
    "DE": "de deutschland allemagne germania germany",
    "AT": "at österreich autriche austria",
    "FR": "fr frankreich france francia",
    "IT": "it italien italie italia italy",
}
MORE_WORDS = {  # beside the labels
    "language": LANGUAGE_WORDS,
    "country": COUNTRY_WORDS,
    "kind": {
        "commune": "gemeinde einwohnergemeinde stadt commune ville comune città municipality city",
        "regional": "regional",
        "mandated": "mandated",
        "relief": "relief hilfswerk",
    },
    "delivery": {
        "person": "person privat privatadresse domicile domicilio home",
        "office": "office büro amt bureau ufficio",
    },
    "cadence": {
        "month": "month monthly monatlich mensuel mensile",
        "quarter": "quarter quarterly vierteljährlich quartalsweise trimestriel trimestrale",
        "order": "order einzeln",
    },
    "role": {
        "social_worker": "social_worker",
        "manager": "manager leitung",
        "accounting": "accounting buchhaltung",
    },
}


@dataclass(frozen=True)
class Field:
    """A column: its key, its heading, other ways to write the heading, and what the template shows as an example."""

    key: str
    heading: Any
    others: tuple[str, ...] = ()
    example: Any = ""


def _invoice(key: str, heading: Any, words: str, *others: str, example: Any = "") -> Field:
    """A column of who pays, also found as "bill-to …" and "billing …"."""
    ways = [f"{start} {word}" for word in words.split("|") for start in ("bill-to", "billing", "payer", "invoice")]
    return Field(f"pays_{key}", heading, (*ways, *others), example)


FIELDS = [
    Field(
        "name",
        gettext_lazy("Organisation"),
        ("Name", "Name der Organisation", "Institution", "Partner", "Nom", "Nome"),
        EXAMPLE,
    ),
    Field("kind", gettext_lazy("Kind"), ("Typ", "Type", "Tipo"), Partner.Kind.REGIONAL.label),
    Field("street", gettext_lazy("Street"), ("Adresse", "Address", "Indirizzo"), "Dorfstrasse"),
    Field("house_number", gettext_lazy("House number"), ("Haus-Nr.", "No. de rue", "N. civico"), "12a"),
    Field("postcode", gettext_lazy("Postcode"), ("PLZ", "NPA", "NAP", "CAP", "ZIP", "Postal code"), "3400"),
    Field("town", gettext_lazy("Town"), ("Ortschaft", "Localité", "Lieu", "Luogo", "City"), "Burgdorf"),
    Field("language", gettext_lazy("Language"), (), "de"),
    Field("delivery", gettext_lazy("Usual delivery"), ("Delivery", "Lieferung", "Livraison", "Consegna"), OFFICE),
    Field("tier", gettext_lazy("Tariff tier"), ("Tier", "Tarif", "Tariff", "Tariffa"), "standard"),
    Field(
        "communes",
        gettext_lazy("Communes (BFS numbers or names)"),
        (
            "Communes",
            "Commune",
            "Gemeinden",
            "Comuni",
            "BFS",
            "BFS-Nr.",
            "BFS-Nummern",
            "BFS numbers",
            "OFS",
            "N° OFS",
            "UST",
        ),
        "404, 418",
    ),
    Field(
        "covers_since",
        gettext_lazy("Covers them since"),
        ("Covers since", "Coverage since", "Since", "Seit", "Mitglied seit", "Depuis", "Dal"),
        "01.01.2024",
    ),
    Field("version", gettext_lazy("Agreement version"), ("Agreement", "Version", "Rahmenvertrag"), "2024.1"),
    Field("signed_on", gettext_lazy("Signed on"), ("Agreement date", "Agreement signed on"), "15.12.2023"),
    Field("signed_by", gettext_lazy("Signed by"), ("Agreement signed by",), "Ruth Beispiel"),
    Field("function", gettext_lazy("Function of who signed"), ("Function", "Funktion", "Fonction", "Funzione"), ""),
    _invoice(
        "name", gettext_lazy("Invoice: name"), "name", "Bill-to", "Payer", "Invoice to", "Rechnung an", "Zahlstelle"
    ),
    _invoice("department", gettext_lazy("Invoice: department"), "department|unit", "Department", "Abteilung"),
    _invoice("street", gettext_lazy("Invoice: street"), "street|address"),
    _invoice("house_number", gettext_lazy("Invoice: house number"), "house number|no.|number"),
    _invoice("postcode", gettext_lazy("Invoice: postcode"), "postcode|postal code|zip"),
    _invoice("town", gettext_lazy("Invoice: town"), "town|city"),
    _invoice("country", gettext_lazy("Invoice: country"), "country", "Country", "Land", "Pays", "Paese"),
    _invoice(
        "email",
        gettext_lazy("Invoice: e-mail"),
        "e-mail|mail",
        "E-Mail Rechnung",
        "E-Mail für Rechnungen",
        "E-mail facture",
        example="rechnungen@example.org",
    ),
    _invoice("language", gettext_lazy("Invoice: language"), "language"),
    _invoice(
        "cadence",
        gettext_lazy("Invoice: how often"),
        "cadence",
        "Cadence",
        "Rhythmus",
        example=BillTo.Cadence.MONTH.label,
    ),
    _invoice("cost_centre", gettext_lazy("Cost centre"), "cost centre|cost center", "Cost center"),
    _invoice("order_number", gettext_lazy("Order number"), "order number", "Bestellnummer"),
    _invoice(
        "supplier_number", gettext_lazy("Our supplier number"), "supplier number", "Supplier number", "Kreditorennummer"
    ),
    Field(
        "person_name",
        gettext_lazy("First person: name"),
        ("User name", "User", "First user", "Contact", "Kontaktperson"),
        "Ruth Beispiel",
    ),
    Field(
        "person_email",
        gettext_lazy("First person: e-mail"),
        ("User e-mail", "First user e-mail", "Contact e-mail"),
        "ruth.beispiel@example.org",
    ),
    Field(
        "person_role",
        gettext_lazy("First person: role"),
        ("User role", "Role", "First user role", "Rolle", "Rôle", "Ruolo"),
        Membership.Role.MANAGER.label,
    ),
]
NEEDED = ("name", "postcode", "town")


def in_all_languages(words: Any) -> list[str]:
    """A translated text in each language, the reader's own first."""
    found = [str(words)]
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(words))
    return list(dict.fromkeys(found))


def headings() -> dict[str, list[str]]:
    """Every way to write each column's heading, as `documents.workbooks.read` wants them."""
    return {field.key: [*in_all_languages(field.heading), *field.others, field.key] for field in FIELDS}


def template_rows() -> list[list[str]]:
    """The headings and one example, in the reader's language."""
    return [[str(field.heading) for field in FIELDS], [str(field.example) for field in FIELDS]]


@cache
def example_names() -> frozenset[str]:
    """The name that tells the template's example from an organisation, in each language, folded."""
    return frozenset(map(fold, in_all_languages(EXAMPLE)))


@cache
def words_of(kind: str) -> dict[str, str]:
    """Each word that means one of a list's values, folded: the values, their labels in all languages, and more."""
    choices: dict[str, Iterable[tuple[str, Any]]] = {
        "kind": Partner.Kind.choices,
        "delivery": [*Partner.Delivery.choices, (Partner.Delivery.OFFICE, OFFICE)],
        "cadence": BillTo.Cadence.choices,
        "role": Membership.Role.choices,
    }
    labels = {fold(word): value for value, label in choices.get(kind, []) for word in [value, *in_all_languages(label)]}
    return labels | {fold(word): value for value, words in MORE_WORDS[kind].items() for word in words.split(" ")}


def offered(kind: str) -> str:
    """What a list offers, in the reader's language."""
    labels: dict[str, Iterable[Any]] = {
        "kind": Partner.Kind.labels,
        "delivery": [Partner.Delivery.PERSON.label, OFFICE],
        "cadence": BillTo.Cadence.labels,
        "role": Membership.Role.labels,
        "language": LANGUAGE_WORDS,
        "country": COUNTRY_WORDS,
    }
    return ", ".join(map(str, labels[kind]))
