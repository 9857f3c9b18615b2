"""Billing periods: first days, cut-offs at midnight in Zurich, and when a cadence has completed one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_of(month: date, cadence: str) -> date | None:
    """The first day of the period that is completed with this month; None while a quarter is under way."""
    first = month.replace(day=1)
    if cadence == "quarter":
        return first.replace(month=first.month - 2) if first.month % 3 == 0 else None
    return first


def cut_off(month: date) -> datetime:
    """Midnight in Zurich at the end of a month: what was handed over before it is due."""
    return datetime.combine(month_after(month), datetime.min.time(), tzinfo=ZURICH)
