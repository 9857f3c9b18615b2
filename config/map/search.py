"""Finding a commune by its name, a locality's, a postcode or its BFS number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from partners.models import Commune, Locality

from .data import MapData, Place

LONGEST = 60  # characters that are looked at
MOST = 12  # hits that are shown
MOST_OF_IT = 50  # percent of a postcode's addresses
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Former(NamedTuple):
    """A commune that has gone up in another."""

    name: str
    ended_on: date | None


class Hit(NamedTuple):
    """A commune that was found, and by what else than its own name: a locality, or a commune it followed."""

    place: Place
    locality: str = ""
    is_small_part: bool = False  # of the locality's addresses
    former: Former | None = None


@dataclass(frozen=True)
class Names:
    """All that can be typed, folded, with what it leads to."""

    numbers: dict[int, Hit]
    postcodes: dict[str, list[Hit]]
    words: list[tuple[str, Hit]]

    def find(self, text: str) -> list[Hit]:
        """The communes that are meant, best first, each once."""
        typed = " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST]
        if typed.isdecimal() and typed.isascii():
            return _each_once(self._by_number(typed))
        if with_postcode := re.fullmatch(r"([0-9]{4}) (.+)", typed):
            there = self.postcodes.get(with_postcode[1], [])
            named = {hit.place.number for hit in self._by_name(with_postcode[2])}
            return _each_once([hit for hit in there if hit.place.number in named] or there)
        return _each_once(self._by_name(typed))

    def _by_number(self, digits: str) -> Iterator[Hit]:
        yield from self.postcodes.get(digits, ())
        if hit := self.numbers.get(int(digits[:6])):
            yield hit

    def _by_name(self, words: str) -> list[Hit]:
        key = folded(words)
        if not key:
            return []
        ranked = []
        for name, hit in self.words:
            at = name.find(key)
            if at < 0:
                continue
            rank = (0 if name == key else 1 if at == 0 else 2 if name[at - 1] == " " else 3, bool(hit.locality), name)
            ranked.append((rank, hit))
        return [hit for _rank, hit in sorted(ranked, key=lambda each: each[0])]


def _each_once(hits: Iterable[Hit]) -> list[Hit]:
    """The first hit for each commune."""
    found: dict[int, Hit] = {}
    for hit in hits:
        found.setdefault(hit.place.number, hit)
    return list(found.values())[:MOST]


def folded(text: str) -> str:
    """Small letters without accents; what stands between words is one space."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^0-9a-z]+", " ", re.sub(r"[̀-ͯ]", "", plain)).split())


def read(data: MapData) -> Names:
    """The names of today's communes, of those that have gone up in one, and of the localities; two queries."""
    numbers = {place.number: Hit(place) for place in data.places.values()}
    words = [(hit.place.name, hit) for hit in numbers.values()]
    ended = Commune.objects.filter(pk__in=data.followers).values_list("pk", "name", "canton", "language", "valid_to")
    for number, name, *about, ended_on in ended:
        if place := data.places.get(data.followers[number]):
            hit = Hit(place, former=Former(str(Place(number, name, *about)), ended_on))
            numbers.setdefault(number, hit)
            words.append((name, hit))
    postcodes: dict[str, list[Hit]] = {}
    localities = Locality.objects.order_by("postcode", "-share", "name")
    for postcode, name, commune, share in localities.values_list("postcode", "name", "commune", "share"):
        if place := data.places.get(data.followers.get(commune, commune)):
            says_more = name != place.name or share < MOST_OF_IT
            hit = Hit(place, f"{postcode} {name}" if says_more else "", is_small_part=share < MOST_OF_IT)
            postcodes.setdefault(postcode, []).append(hit)
            words.append((name, hit))
    return Names(numbers, postcodes, list(dict.fromkeys(_spellings(words))))


def _spellings(words: Iterable[tuple[str, Hit]]) -> Iterator[tuple[str, Hit]]:
    """Each name folded, and once more as it is typed without umlauts: Zuerich."""
    for name, hit in words:
        yield folded(name), hit
        if (written_out := name.casefold().translate(UMLAUTS)) != name.casefold():
            yield folded(written_out), hit
