"""On which day a laptop is at the door, as far as can be said; pure."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WORKING_DAYS_BY_POST = 2  # PostPac Economy
HORIZON = timedelta(days=183)  # of what lies further ahead, no day is said
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """On which days parcels go out: every so many `days` from a `first` one on, each with `room` for so many parcels.

    `kept` says it otherwise for single days: how many parcels one holds, none where it is closed.
    """

    first: date
    days: int
    room: int
    kept: Mapping[date, int]

    def after(self, day: date) -> Iterator[tuple[date, int]]:
        """The days from the next one on, without end, each with its room."""
        while True:
            day += ONE_DAY
            regular = self.room if day >= self.first and (day - self.first).days % self.days == 0 else 0
            if room := self.kept.get(day, regular):
                yield day, room


@dataclass(frozen=True)
class Place:
    """A request's place in the queue; `has_laptop` when one is kept or ready for it."""

    key: int
    has_laptop: bool


@dataclass(frozen=True)
class Expected:
    """The day, or none, and what it stands on: "laptop", "supply" (laptops that are still to come in) or "nothing"."""

    on: date | None
    basis: str


def expect(places: Iterable[Place], calendar: Calendar, *, today: date, supply: float) -> dict[int, Expected]:
    """When each arrives, those with a laptop first, then the others in turn as laptops come in; by key.

    `places` come in the order of the queue; `supply` is how many laptops get ready in a day.
    """
    places = list(places)
    with_laptop = [place for place in places if place.has_laptop]
    without = [place for place in places if not place.has_laptop]
    days = calendar.after(today)
    day, room = next(days)
    found = {}
    for turn, place in enumerate([*with_laptop, *without], start=1 - len(with_laptop)):
        if turn <= 0:
            due, basis = today, "laptop"
        elif supply > 0 and turn / supply <= HORIZON.days:
            due, basis = today + timedelta(days=math.ceil(turn / supply)), "supply"
        else:
            found[place.key] = Expected(None, "nothing")
            continue
        while (not room or day < due) and day <= today + HORIZON:
            day, room = next(days)
        room -= 1
        found[place.key] = Expected(at_the_door(day), basis) if day <= today + HORIZON else Expected(None, "nothing")
    return found


def at_the_door(handed_over: date) -> date:
    """The day on which a parcel that is handed over on a day arrives, if the Post needs as long as it mostly does."""
    day, left = handed_over, WORKING_DAYS_BY_POST
    while left:
        day += ONE_DAY
        left -= day.weekday() < 5
    return day
