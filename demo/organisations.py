"""The organisations of the demo: invented services on real communes; pure.

Apostrophes here and in streets are straight: a QR-bill does not know the typographic one.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

WALKED = ("muster", "autre")  # all that happens to these goes through the actions: people sign in there


class Payer(NamedTuple):
    """A bill-to unit; an empty name stands for the organisation's own."""

    name: str = ""
    department: str = ""
    language: str = ""
    cadence: str = "month"
    cost_centre: str = ""
    order_number: str = ""
    supplier_number: str = ""


class Organisation(NamedTuple):
    """`communes`: those it speaks for, its seat first. `weight`: its share of the requests.

    `weeks`: how long before the demo's first day it was taken on; 0 leaves it to chance.
    """

    slug: str
    name: str
    kind: str
    language: str
    communes: tuple[str, ...]
    prefix: str  # of its case references, two letters: three might be a part of somebody's name
    weight: int = 5
    payers: tuple[Payer, ...] = (Payer(),)
    delivery: str = "person"
    tier: str = "standard"
    status: str = "active"
    weeks: int = 0


ORGANISATIONS = (
    Organisation(
        "muster",
        "Sozialdienst Mustertal",
        "regional",
        "de",
        ("Burgdorf", "Oberburg", "Hasle bei Burgdorf"),
        "MT",
        16,
        (
            Payer(cost_centre="5720.3637"),
            Payer("Gemeinde Oberburg", "Finanzverwaltung", order_number="B-2291"),
            Payer(department="Asyl und Flüchtlinge", cadence="quarter", cost_centre="5730.3637"),
        ),
    ),
    Organisation(
        "autre",
        "Service social de l’Autre-Rive",
        "regional",
        "fr",
        ("Vevey", "La Tour-de-Peilz", "Corsier-sur-Vevey"),
        "AR",
        12,
        (Payer(cost_centre="CC 4410"), Payer("Commune de La Tour-de-Peilz", "Bourse communale", cadence="quarter")),
    ),
    Organisation(
        "altro",
        "Servizio sociale Altrovalle",
        "regional",
        "it",
        ("Mendrisio", "Balerna", "Stabio"),
        "AV",
        9,
        (Payer(), Payer("Comune di Stabio", "Servizi finanziari", order_number="ORD 118")),
    ),
    Organisation("langnau", "Gemeinde Langnau im Emmental", "commune", "de", ("Langnau im Emmental",), "LE", 5),
    Organisation(
        "thun",
        "Stadt Thun, Soziale Dienste",
        "commune",
        "de",
        ("Thun",),
        "TH",
        9,
        (Payer("Stadt Thun", "Rechnungswesen", supplier_number="K-70418", cost_centre="5405"),),
        delivery="office",
    ),
    Organisation(
        "aarebogen",
        "Sozialdienst Aarebogen",
        "regional",
        "de",
        ("Aarau", "Buchs (AG)", "Suhr"),
        "AB",
        8,
        (Payer(), Payer("Gemeinde Suhr", "Abteilung Finanzen"), Payer("Gemeinde Buchs", "Finanzen", cadence="quarter")),
        tier="Vollkosten",
    ),
    Organisation("weinfelden", "Stadt Weinfelden", "commune", "de", ("Weinfelden",), "WF", 3),
    Organisation("uster", "Stadt Uster, Abteilung Soziales", "commune", "de", ("Uster",), "US", 7, delivery="office"),
    Organisation("payerne", "Commune de Payerne", "commune", "fr", ("Payerne",), "PA", 4),
    Organisation("delemont", "Ville de Delémont", "commune", "fr", ("Delémont",), "DE", 5, tier="Vollkosten"),
    Organisation(
        "valmont",
        "Service social Valmont",
        "regional",
        "fr",
        ("Martigny", "Fully", "Saxon"),
        "VM",
        6,
        (Payer(cadence="quarter"),),
    ),
    Organisation("bellinzona", "Città di Bellinzona", "commune", "it", ("Bellinzona",), "BZ", 5),
    Organisation("calanda", "Sozialdienst Calanda", "regional", "de", ("Chur", "Domat/Ems", "Trimmis"), "CA", 5),
    Organisation(
        "neustart",
        "Fachstelle Neustart Seeland",
        "mandated",
        "de",
        ("Biel/Bienne", "Nidau"),
        "NS",
        6,
        (Payer(), Payer(department="Antenne francophone", language="fr")),
    ),
    Organisation(
        "porte",
        "Fondation Porte ouverte",
        "relief",
        "fr",
        ("Genève", "Carouge (GE)"),
        "PO",
        4,
        (Payer(department="International desk", language="en", order_number="PO-2044"),),
        delivery="office",
    ),
    Organisation("brueckenbau", "Verein Brückenbau", "relief", "de", ("Liestal", "Pratteln"), "BB", 3),
    Organisation(
        "hinterland", "Sozialdienst Hinterland", "regional", "de", ("Herisau", "Waldstatt"), "HL", 3, status="suspended"
    ),
    Organisation("saanen", "Gemeinde Saanen", "commune", "de", ("Saanen",), "SA", 0, status="admitted"),
    Organisation(
        "nord",
        "Service social Nord-vaudois",
        "regional",
        "fr",
        ("Yverdon-les-Bains", "Grandson"),
        "NV",
        0,
        status="applied",
    ),
)

KNOWN_COMMUNES = {commune for organisation in ORGANISATIONS for commune in organisation.communes}
OFFICES = {"de": "Gemeinde", "fr": "Administration communale,", "it": "Amministrazione comunale,"}
FUNCTIONS = {"de": "Leitung Soziales", "fr": "Direction du service", "it": "Direzione del servizio"}


def of_a_commune(number: int, commune: str, canton: str, language: str) -> Organisation:
    """One of the many communes that take part in a large demo."""
    language = "de" if language == "rm" else language
    name = commune if f"({canton})" in commune else f"{commune} ({canton})"
    return Organisation(
        f"gemeinde-{number}",
        f"{OFFICES[language]} {name}",
        "commune",
        language,
        (commune,),
        "GV",
        5,
        (Payer(cadence="quarter" if number % 5 == 0 else "month"),),
        delivery="office" if number % 3 == 0 else "person",
        tier="Vollkosten" if number % 4 == 0 else "standard",
    )


class Place(NamedTuple):
    """A commune of the register."""

    number: int
    name: str
    canton: str
    language: str


REGIONAL = {"de": "Sozialdienst Region", "fr": "Service social régional", "it": "Servizio sociale regionale"}
ON_THE_MAP = 380  # communes that take part beside those of ORGANISATIONS
YEARS = (20, 40, 60, 75, 90, 95)  # of these, how many joined in each year up to this one
WEEKS_A_YEAR = 52


def quiet(rng: Random, places: Sequence[Place], wanted: int = ON_THE_MAP) -> list[Organisation]:
    """Services and communes that joined over the years and ask for nothing in the demo: the map's green.

    `places` are free, in the order of their numbers: neighbours stand side by side.
    """
    found: list[Organisation] = []
    free, covered = list(places), 0
    while free and covered < wanted:
        at = rng.randrange(len(free))
        seat = free[at]
        size = rng.randrange(4, 13) if rng.random() < 0.6 else 1
        there = [
            place for place in free[at : at + size] if (place.canton, place.language) == (seat.canton, seat.language)
        ]
        del free[at : at + len(there)]
        covered += len(there)
        one = of_a_commune(*seat)
        if len(there) > 1:
            name = f"{REGIONAL[one.language]} {seat.name}"
            one = one._replace(slug=f"region-{seat.number}", name=name, kind="regional", prefix="RG")
        (years_ago,) = rng.choices(range(len(YEARS))[::-1], YEARS)
        weeks = years_ago * WEEKS_A_YEAR + rng.randrange(1, WEEKS_A_YEAR - 2)
        found.append(one._replace(communes=tuple(place.name for place in there), weight=0, weeks=weeks))
    return found
