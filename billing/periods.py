"""Billing periods: first days, cut-offs at midnight in Zurich, and the last one that a cadence has completed."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

ZURICH = ZoneInfo("Europe/Zurich")


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def completed_period(month: date, cadence: str) -> date:
    """The first day of the last period that is over at a month's end: this month, or the last whole quarter."""
    if cadence != "quarter":
        return month.replace(day=1)
    quarters = (month.year * 12 + month.month) // 3  # completed ones
    return date((quarters - 1) // 4, (quarters - 1) % 4 * 3 + 1, 1)


def midnight(day: date) -> datetime:
    """The moment a day begins in Zurich."""
    return datetime.combine(day, datetime.min.time(), tzinfo=ZURICH)


def cut_off(month: date, cadence: str = "month") -> datetime:
    """Midnight in Zurich at the end of the `completed_period`: what was handed over before it is due."""
    period = completed_period(month, cadence)
    return midnight(month_after(period.replace(month=period.month + 2) if cadence == "quarter" else period))


def month_before(day: date) -> date:
    """The first day of the last month that is over on a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def past_months(day: date, number: int) -> list[date]:
    """So many months that are over on a day, the last one first."""
    months = [month_before(day)]
    while len(months) < number:
        months.append(month_before(months[-1]))
    return months


def parse_month(text: str) -> date | None:
    """The first day of a month written like 2026-10; None if it is written otherwise."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
    return date(int(match[1]), int(match[2]), 1) if match else None


def words_for(period: date, cadence: str) -> str:
    """A period as people say it: "October 2026", or "July to September 2026"."""
    if cadence != "quarter":
        return month_words(period)
    last = period.replace(month=period.month + 2)
    return _("%(first)s to %(last)s") % {"first": month_name(period), "last": month_words(last)}


def month_words(day: date) -> str:
    """A month with its year, as it stands within a sentence: "October 2026"."""
    return f"{month_name(day)} {day.year}"


def month_name(day: date) -> str:
    """A month within a sentence; Django writes the Italian ones large, which nobody does."""
    language = get_language() or ""
    name = _month_name(day.month, language)
    return name.lower() if language.startswith("it") else name


def month_title(day: date) -> str:
    """A month with its year, by itself, as Django writes it."""
    return f"{_month_name(day.month, get_language() or '')} {day.year}"


@cache
def _month_name(month: int, language: str) -> str:
    return date_format(date(2000, month, 1), "F")
