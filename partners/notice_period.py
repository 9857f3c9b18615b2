"""When an agreement can end that is given notice: three months to the end of a month; pure.

So says section 7 of the agreement that comes along.
"""

from calendar import monthrange
from datetime import date

MONTHS = 3


def earliest_end(today: date) -> date:
    """The first last day of an agreement that is given notice today."""
    return _end_of_month(today, MONTHS)


def is_possible(day: date, today: date) -> bool:
    """Whether an agreement that is given notice today can end with this day."""
    return day >= earliest_end(today) and day == _end_of_month(day, 0)


def next_ends(today: date, count: int) -> list[date]:
    """The last days that can be chosen today, the earliest first."""
    return [_end_of_month(today, MONTHS + later) for later in range(count)]


def _end_of_month(day: date, later: int) -> date:
    months = day.year * 12 + day.month - 1 + later
    year, month = months // 12, months % 12 + 1
    return date(year, month, monthrange(year, month)[1])
