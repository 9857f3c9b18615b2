"""Working days and hours before a day, in Zurich; pure."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random

from billing.periods import midnight, month_before

MONTHS_CLOSED = 3  # then comes the last month, over but not closed yet, and the one under way
RUN_UP = 60  # days before the first closed month, for what was received then and goes out later
HOLIDAYS = {(1, 1), (1, 2), (8, 1), (12, 25), (12, 26)}
MONDAY, TUESDAY, THURSDAY = 0, 1, 3
HELD_BACK = timedelta(days=14)


class Calendar:
    """The working days up to yesterday, each known by its place in the row.

    Today is left to the person who tries the demo: nothing in it is later than yesterday evening.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.last_month = month_before(today)
        self.closed_months = _months_before(self.last_month, MONTHS_CLOSED)
        beginning = self.closed_months[0] - timedelta(days=RUN_UP)
        every_day = (beginning + timedelta(days=n) for n in range((today - beginning).days))
        self.days = [day for day in every_day if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]
        self._midnights = [midnight(day).astimezone(UTC) for day in self.days]
        self.last = len(self.days) - 1
        self.now = self._midnights[self.last] + timedelta(hours=18)
        self.held_until = min(self.index_of_day(today - HELD_BACK), self.last)  # when the last few invoices were issued
        self.mondays = [n for n, day in enumerate(self.days) if day.weekday() == MONDAY]
        opening = self.index_of_day(self.closed_months[0])
        self.dispatch_days = [n for n in range(opening, self.last + 1) if self.days[n].weekday() in (TUESDAY, THURSDAY)]

    def index_of_day(self, day: date) -> int:
        """The place of a day, or of the first working day after it."""
        return bisect_left(self.days, day)

    def moment(self, rng: Random, place: int, begin: float = 8, end: float = 17) -> datetime:
        """Some moment of a working day between two hours of the clock."""
        return self._midnights[place] + timedelta(seconds=rng.randrange(round(begin * 3600), round(end * 3600)))

    def nth_working_day(self, month: date, number: int) -> int:
        """The place of the n-th working day of a month, no later than the last there is."""
        return min(self.index_of_day(month) + number - 1, self.last)

    def days_ago(self, number: int) -> int:
        """The place of the working day so many before the last."""
        return self.last - number

    def nth_dispatch_day(self, month: date, number: int) -> int:
        """The place of the n-th day of a month on which parcels go out."""
        return self.dispatch_days[bisect_left(self.dispatch_days, self.index_of_day(month)) + number - 1]

    def dispatch_day_before(self, place: int) -> int:
        """The place of the last day on which parcels went out, up to a working day and with it."""
        return self.dispatch_days[bisect_right(self.dispatch_days, place) - 1]


def _months_before(month: date, number: int) -> list[date]:
    found: list[date] = []
    for _n in range(number):
        month = month_before(month)
        found.insert(0, month)
    return found
