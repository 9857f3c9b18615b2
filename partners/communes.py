"""Communes found by what people type: a postcode, a name or a BFS number, several at once."""

import re
from collections.abc import Iterable, Iterator

from django.db.models import Q

from records.text import clean, fold, typographic

from .models import Commune, Locality

NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
MOST = 40  # things in one text
MOST_NAMED = 12  # communes of one name


def things_in(text: str) -> list[str]:
    """What was typed, thing by thing: split at commas, semicolons and lines, and numbers at every space."""
    found: dict[str, None] = {}
    for part in re.split(r"[,;\n\r]+", text):
        words = clean(part).split()
        numbers = [word for word in words if NUMBER.fullmatch(word)]
        name = " ".join(word for word in words if not NUMBER.fullmatch(word))
        found |= dict.fromkeys([*numbers, name] if name else numbers)
    return list(found)[:MOST]


def communes_in(text: str) -> list[Commune]:
    """The living communes that a text may mean, each thing's likeliest first."""
    return list(dict.fromkeys(commune for _thing, communes in _found(text) for commune in communes))


def main_communes_in(text: str, place: str = "") -> list[int]:
    """The communes that a text means beyond doubt, as BFS numbers: what a form ticks by itself.

    A postcode whose places lie mainly in different communes means none, unless `place` is one of them: its largest
    share may be that of a mountain station.
    """
    found: dict[int, None] = {}
    postcodes = {place.postcode: place for place in Locality.objects.filter(postcode__in=things_in(text))}
    for thing, communes in _found(text):
        if thing in postcodes:
            commune = Locality.objects.main_commune(thing, place)
            found |= {commune: None} if commune else {}
        elif len(communes) == 1 or (communes and _is_called(communes[0], thing)):
            found[communes[0].pk] = None
    return list(found)


def unknown_in(text: str) -> list[str]:
    """What of a text no living commune fits; none until the register is loaded."""
    unknown = [thing for thing, communes in _found(text) if not communes]
    return unknown if unknown and Locality.objects.exists() else []


def _found(text: str) -> Iterator[tuple[str, list[Commune]]]:
    for thing in things_in(text):
        yield thing, list(_by_number(thing) if NUMBER.fullmatch(thing) else _by_name(thing))


def _by_number(number: str) -> Iterable[Commune]:
    places = Locality.objects.suggest(number).filter(commune__valid_to=None) if len(number) == 4 else []
    by_postcode = dict.fromkeys(place.commune for place in places)
    by_bfs_no = Commune.objects.live().filter(pk=int(number))
    return dict.fromkeys([*by_postcode, *by_bfs_no])


def _by_name(name: str) -> Iterable[Commune]:
    name = typographic(name)
    called = Commune.objects.live().filter(Q(name__iexact=name) | Q(name__istartswith=f"{name} ("))
    if exact := list(called):
        return exact
    begins = Commune.objects.live().filter(name__istartswith=name)[:MOST_NAMED]
    places = Locality.objects.filter(name__iexact=name, commune__valid_to=None).select_related("commune")
    by_place = sorted(places, key=lambda place: -place.share)
    return dict.fromkeys([*begins, *(place.commune for place in by_place)])


def _is_called(commune: Commune, name: str) -> bool:
    """Whether this is the commune's very name and no other's: "Buchs" is none, there are four."""
    return fold(commune.name) == fold(name)
