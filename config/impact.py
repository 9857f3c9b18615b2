"""What laptops passed on spare: arithmetic on figures that were counted, with parameters that say where they come from.

A laptop that is used again stands for a new one that is not bought, but not each of them does: hence a band, from half
of them to all. Nothing here knows the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOWN_FROM = 5  # below, a figure might tell of single people
SIGNIFICANT = 2  # digits of an estimate; more would claim to know more


@dataclass(frozen=True)
class Parameter:
    """A number of the method: what it means, its unit, and who says so since when."""

    value: Decimal
    unit: str
    meaning: str | Promise
    source: str | Promise
    as_of: date


ADEME = _("ADEME, Base Empreinte: order of magnitude for a laptop")
OURS = _("Our own assumption")
MANUFACTURING = Parameter(Decimal("120"), "kg", _("Making a new laptop"), ADEME, date(2026, 11, 30))
TRANSPORT = Parameter(Decimal("4.5"), "kg", _("Bringing it to the shop"), ADEME, date(2026, 11, 30))
END_OF_LIFE = Parameter(Decimal("32"), "kg", _("Disposing of it, which comes later"), ADEME, date(2026, 11, 30))
REFURBISHING = Parameter(
    Decimal("6"), "kg", _("Our own part: fetching, spare parts, electricity, post"), OURS, date(2026, 11, 30)
)
LEAST_REPLACED = Parameter(
    Decimal("0.5"), "", _("Share that replaces a new laptop, at least"), OURS, date(2026, 11, 30)
)
MOST_REPLACED = Parameter(Decimal("1"), "", _("Share that replaces a new laptop, at most"), OURS, date(2026, 11, 30))
NEW_LAPTOP = Parameter(
    Decimal("450"), "CHF", _("Price of a new entry-level laptop with 8 GB of memory"), OURS, date(2026, 11, 30)
)
PARAMETERS = (
    MANUFACTURING,
    TRANSPORT,
    END_OF_LIFE,
    REFURBISHING,
    LEAST_REPLACED,
    MOST_REPLACED,
    NEW_LAPTOP,
)


class Band(NamedTuple):
    """From at least to at most."""

    low: Decimal
    high: Decimal


def rounded(value: Decimal) -> Decimal:
    """A value with two significant digits: 748’266 is 750’000, 0.4567 is 0.46."""
    if not value:
        return Decimal(0)
    last = Decimal((0, (1,), value.adjusted() - SIGNIFICANT + 1))
    return Decimal(f"{value.quantize(last, ROUND_HALF_EVEN):f}")


def carbon_per_laptop() -> Band:
    """Kilograms of CO₂ equivalents that one laptop spares."""
    new = MANUFACTURING.value + TRANSPORT.value + END_OF_LIFE.value
    return Band(*(share.value * new - REFURBISHING.value for share in (LEAST_REPLACED, MOST_REPLACED)))


def carbon(laptops: int) -> Band:
    """Kilograms of CO₂ equivalents that so many laptops spare, rounded."""
    return Band(*(rounded(laptops * each) for each in carbon_per_laptop()))


def money_saved(laptops: int, contribution: Decimal) -> Decimal:
    """Francs that organisations and people did not have to spend on new laptops, rounded."""
    return rounded(laptops * max(NEW_LAPTOP.value - contribution, Decimal(0)))


def without_small(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts of which none below five is told, nor can be worked out from the total: None stands for them.

    Where the hidden ones alone would still tell, the next smallest is hidden with them.
    """
    hidden = {name for name, count in counts.items() if count < SHOWN_FROM}
    by_size = sorted((count, name) for name, count in counts.items() if name not in hidden)
    told = [name for name in hidden if counts[name]]
    while told and by_size and (len(told) == 1 or sum(counts[name] for name in told) < SHOWN_FROM):
        _count, name = by_size.pop(0)
        hidden.add(name)
        told.append(name)
    return {name: None if name in hidden else count for name, count in counts.items()}
