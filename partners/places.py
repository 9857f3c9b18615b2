"""Whether a postcode and a town belong together, and in which country they lie; pure."""

import re
import unicodedata
from collections.abc import Iterable

LIECHTENSTEIN = {  # its postcodes stand among the Swiss ones, but in no Swiss register
    "9485": "Nendeln",
    "9486": "Schaanwald",
    "9487": "Gamprin-Bendern",
    "9488": "Schellenberg",
    "9489": "Vaduz",
    "9490": "Vaduz",
    "9491": "Ruggell",
    "9492": "Eschen",
    "9493": "Mauren",
    "9494": "Schaan",
    "9495": "Triesen",
    "9496": "Balzers",
    "9497": "Triesenberg",
    "9498": "Planken",
}
SAINT = re.compile(r"\b(sankt|saint|sainte|santo|san)\b")


def country_of(postcode: str) -> str:
    """The country of a postcode of four digits: Switzerland, or Liechtenstein."""
    return "LI" if postcode in LIECHTENSTEIN else "CH"


def is_one_of(town: str, names: Iterable[str]) -> bool:
    """Whether a town, as somebody writes it, is one of a postcode's places.

    "Genève 3", "St. Gallen", "Buchs SG" and "Biel" are; accents, hyphens and what is said more exactly don't count.
    """
    typed = _words(town)
    for name in names:
        for part in (name, *re.split("[/(]", name)):
            words = _words(part)
            if words and typed and (typed[: len(words)] == words or words[: len(typed)] == typed):
                return True
    return False


def _words(name: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    for umlaut in ("ae", "oe", "ue"):
        plain = plain.replace(umlaut, umlaut[0])
    return re.findall(r"[a-z]+", SAINT.sub("st", plain))
