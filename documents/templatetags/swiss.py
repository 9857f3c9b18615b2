"""Money, days, times and phone numbers as they are written in Switzerland, in the reader's language."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from records import clock

register = template.Library()

DAY = {"de": "j. F", "uk": "j E"}
SHORT_DAY = {"de": "D j. M", "fr": r"D\. j N", "it": "D j b"}


@register.filter
def amount(value):
    """Francs with two decimals: 1’590.00, with a true minus below zero."""
    if value is None or value == "":
        return ""
    rounded = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:,.2f}".replace(",", "’").replace("-", "−")


@register.filter
def money(value):
    """Francs with their currency: CHF 1’590.00."""
    return f"CHF {amount(value)}" if amount(value) else ""


@register.filter
def francs(value):
    """Francs for sentences, held together and without rappen where there are none: CHF 150."""
    if value in (None, ""):
        return ""
    text = amount(value).removesuffix(".00")
    return f"CHF\u00a0{text}"


@register.filter
def number(value):
    """A count with its thousands marked: 4’812."""
    return f"{value:,}".replace(",", "’") if value not in (None, "") else ""


@register.filter
def size(value, unit="GB"):
    """An amount of data, held together: 1’000 GB, in French 1’000 Go."""
    if value in (None, ""):
        return ""
    return f"{number(value)}\u00a0{unit.replace('B', 'o') if _language() == 'fr' else unit}"


def _here(value):
    """The local time of a moment; a day stays as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _language():
    return (get_language() or "en").split("-")[0]


def _written(value, style):
    """A day in Django's letters; Italian writes weekdays and months small."""
    text = date_format(value, style)
    return text.lower() if _language() == "it" else text


def _first(text, value):
    """French and Italian say "the first" where others say "one"."""
    mark = {"fr": "1er", "it": "1º"}.get(_language())
    return text.replace("1", mark, 1) if mark and value.day == 1 else text


@register.filter
def day(value):
    """A day for tables: 24.11.2026."""
    return _here(value).strftime("%d.%m.%Y") if value else ""


@register.filter
def day_words(value):
    """A day for sentences: "24 November", with the year when it is not this one."""
    if not value:
        return ""
    value = _here(value)
    year = "" if value.year == clock.today().year else f" {value.year}"
    return _first(_written(value, DAY.get(_language(), "j F")), value) + year


@register.filter
def weekday(value):
    """A day for promises: "Tuesday, 24 November"; a line that begins with it adds `capfirst`."""
    comma = "" if _language() in ("fr", "it") else ","
    return f"{_written(_here(value), 'l')}{comma} {day_words(value)}" if value else ""


@register.simple_tag
def today():
    """This day, here."""
    return clock.today()


@register.filter
def moment(value):
    """A time for a timeline: "Thu 12 Nov, 09:08", with the year when it is not this one."""
    if not value:
        return ""
    value = _here(value)
    year = "" if value.year == clock.today().year else f" {value.year}"
    return f"{_written(value, SHORT_DAY.get(_language(), 'D j M'))}{year}, {value:%H:%M}"


@register.filter
def phone(value):
    """A Swiss number as one dials it here, 079 123 45 67; any other with its country."""
    try:
        parsed = phonenumbers.parse(str(value or ""), "CH")
    except phonenumbers.NumberParseException:
        return str(value or "")
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 41 else style.INTERNATIONAL)
