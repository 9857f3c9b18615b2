"""When the treasurer closed the months that are closed, and issued what was due."""

from datetime import date, datetime
from random import Random
from typing import NamedTuple

from billing.periods import completed_period, cut_off, month_after

from .calendar import Calendar

ISSUING_DAY = 3  # working day of the next month


class Closing(NamedTuple):
    """When a period was closed, and its invoices issued, for bill-to units of a cadence."""

    cadence: str
    period: date
    cut_off: datetime
    closed_at: datetime
    issued_at: datetime


def closings(rng: Random, calendar: Calendar) -> list[Closing]:
    """The closes that were, early in the month after each; a quarter's is with its last month's."""
    found = []
    for month in calendar.closed_months:
        day = calendar.nth_working_day(month_after(month), ISSUING_DAY)
        closed_at, issued_at = calendar.moment(rng, day, 8.5, 9), calendar.moment(rng, day, 9.5, 11)
        for cadence in ("month", "quarter"):
            if cut_off(month, cadence) == cut_off(month):
                found.append(Closing(cadence, completed_period(month, cadence), cut_off(month), closed_at, issued_at))
    return found
