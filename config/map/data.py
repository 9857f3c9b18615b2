"""What the public map says: which communes took part in which year, and how many laptops went there, by classes.

A commune's figure below five is in nothing that leaves this module: neither by itself nor in a sum.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Min, Q
from django.db.models.functions import ExtractYear

from partners.models import Agreement, Commune
from partners.participation import Part, Span, current_numbers, parts_by_commune, since
from records import clock
from shipping.models import Shipment

FEWEST = 5  # laptops that are said: fewer could point to a person
CLASSES = (FEWEST, 10, 20, 50)  # where the second class begins, and each one after it
NOT_YET, TAKES_PART = 0, 1


class Place(NamedTuple):
    """A commune of today."""

    number: int
    name: str
    canton: str
    language: str

    def __str__(self) -> str:
        return self.name if f"({self.canton})" in self.name else f"{self.name} ({self.canton})"


class Share(NamedTuple):
    """How many of a canton's communes took part in a year, and the laptops of those with five or more."""

    canton: str
    taking_part: int
    communes: int
    laptops: int


@dataclass(frozen=True)
class Year:
    """A year of the map; `since` has the communes that took part, `laptops` only figures that may be said."""

    year: int
    since: Mapping[int, date]
    laptops: Mapping[int, int]
    shares: Mapping[str, Share]

    def level(self, number: int) -> int:
        """0 not taking part · 1 takes part · 2 to 5 by classes of laptops."""
        return TAKES_PART + bisect_right(CLASSES, self.laptops.get(number, 0)) if number in self.since else NOT_YET

    @property
    def taking_part(self) -> int:
        return len(self.since)

    @cached_property
    def total(self) -> int:
        return sum(self.laptops.values())


@dataclass(frozen=True)
class MapData:
    """All years of the map as they stand on a day, on the ground of today's communes."""

    today: date
    places: Mapping[int, Place]
    followers: Mapping[int, int]  # for numbers that have ended: whose ground it is now
    parts: Mapping[int, list[Part]]
    handed_over: Mapping[int, Mapping[int, int]]  # by year, by commune
    first_year: int
    _years: dict[int, Year] = field(default_factory=dict)

    @property
    def years(self) -> range:
        return range(self.first_year, self.today.year + 1)

    def year(self, year: int) -> Year:
        if year not in self._years:
            self._years[year] = self._work_out(year)
        return self._years[year]

    def all_years(self) -> Iterator[Year]:
        return map(self.year, self.years)

    def _work_out(self, year: int) -> Year:
        days = Span(date(year, 1, 1), min(date(year + 1, 1, 1), self.today + timedelta(days=1)))
        begun = {number: since(parts, days) for number, parts in self.parts.items() if number in self.places}
        taking_part = {number: day for number, day in begun.items() if day}
        counted = self.handed_over.get(year, {})
        laptops = {number: counted[number] for number in taking_part if counted.get(number, 0) >= FEWEST}
        shares = {}
        for canton, numbers in self.by_canton.items():
            there = [number for number in numbers if number in taking_part]
            said = sum(laptops.get(number, 0) for number in there)
            shares[canton] = Share(canton, len(there), len(numbers), said)
        return Year(year, taking_part, laptops, shares)

    @cached_property
    def by_canton(self) -> Mapping[str, list[int]]:
        found = defaultdict(list)
        for place in self.places.values():
            found[place.canton].append(place.number)
        return found

    @cached_property
    def total(self) -> int:
        """The laptops of all years."""
        return sum(year.total for year in self.all_years())

    def kinds_today(self, number: int) -> list[str]:
        """Through which kinds of organisation a commune takes part today; none if it does not."""
        today = Span(self.today, self.today + timedelta(days=1))
        return sorted({part.kind for part in self.parts.get(number, ()) if part.touches(today)})

    @cached_property
    def taking_part_today(self) -> int:
        return sum(self.since_today(number) is not None for number in self.places)

    def since_today(self, number: int) -> date | None:
        return since(self.parts.get(number, ()), Span(self.today, self.today + timedelta(days=1)))

    def ended_on(self, number: int) -> date | None:
        """The day after the last one on which a commune took part; None while it goes on, or never did."""
        ends = [part.span.end for part in self.parts.get(number, ()) if part.span.start <= self.today]
        return max(ends) if ends and max(ends) <= self.today else None

    @cached_property
    def digest(self) -> str:
        """The same for as long as everything that is shown is the same."""
        shown = [(year.year, sorted(year.since.items()), sorted(year.laptops.items())) for year in self.all_years()]
        text = repr((shown, sorted(self.places.values()), sorted(self.followers.items())))
        return hashlib.sha256(text.encode()).hexdigest()


def read() -> MapData:
    """Everything as it is now; seven queries."""
    today = clock.today()
    live = Commune.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    rows = live.values_list("bfs_no", "name", "canton", "language")
    followers = current_numbers()
    first = Agreement.objects.countersigned().aggregate(day=Min("signed_on"))["day"] or today
    return MapData(
        today=today,
        places={row[0]: Place(*row) for row in rows},
        followers=followers,
        parts=parts_by_commune(),
        handed_over=_handed_over(followers),
        first_year=min(first.year, today.year),
    )


def _handed_over(followers: Mapping[int, int]) -> dict[int, dict[int, int]]:
    """Laptops passed on, by year and the commune that bears the cost, never by where they went; counted as on the home.

    One that comes back counts no more from the next change on: for so few, nothing is noted in the map's own table.
    """
    rows = Shipment.objects.passed_on().order_by().values_list(ExtractYear("handed_over_at"), "request__commune")
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for year, commune, count in rows.annotate(Count("pk")):
        found[year][followers.get(commune, commune)] += count
    return found
