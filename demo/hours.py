"""Working days and hours before a day, in Zurich; pure."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from random import Random

from billing.periods import midnight, month_before

MONTHS_CLOSED = 3  # then comes the last month, over but not closed yet, and the one under way
RUN_UP = 60  # days before the first closed month, for what was received then and goes out later
HOLIDAYS = {(1, 1), (1, 2), (8, 1), (12, 25), (12, 26)}
TUESDAY, THURSDAY = 1, 3


class Calendar:
    """The working days up to yesterday, each known by its place in the row.

    Today is left to the person who tries the demo: nothing in it is later than yesterday evening.
    """

    def __init__(self, today: date):
        self.today = today
        self.last_month = month_before(today)
        self.closed_months = _months_before(self.last_month, MONTHS_CLOSED)
        beginning = self.closed_months[0] - timedelta(days=RUN_UP)
        every_day = (beginning + timedelta(days=n) for n in range((today - beginning).days))
        self.days = [day for day in every_day if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]
        self._midnights = [midnight(day).astimezone(UTC) for day in self.days]
        self.last = len(self.days) - 1
        self.now = self._midnights[self.last] + timedelta(hours=18)
        opening = self.place_of(self.closed_months[0])
        self.dispatch_days = [n for n in range(opening, self.last + 1) if self.days[n].weekday() in (TUESDAY, THURSDAY)]

    def place_of(self, day: date) -> int:
        """The place of a day, or of the first working day after it."""
        return bisect_left(self.days, day)

    def moment(self, rng: Random, place: int, begin: float = 8, end: float = 17) -> datetime:
        """Some moment of a working day between two hours of the clock."""
        return self._midnights[place] + timedelta(seconds=rng.randrange(round(begin * 3600), round(end * 3600)))

    def working_day_of(self, month: date, number: int) -> int:
        """The place of the n-th working day of a month, no later than the last there is."""
        return min(self.place_of(month) + number - 1, self.last)


def _months_before(month, number):
    found = []
    for _n in range(number):
        month = month_before(month)
        found.insert(0, month)
    return found
