"""Estimates and places as the public pages write them."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext

from config.impact import Band, Parameter, rounded
from documents.templatetags.swiss import francs
from partners.cantons import CANTONS

register = template.Library()
HELD = "\N{NO-BREAK SPACE}"
TONNE = 1000  # kilograms


@register.filter
def plain(value: Decimal) -> str:
    """A number as it is, thousands marked and no idle zeros: 72.25, 1’900."""
    whole, _point, rest = f"{value:,f}".replace(",", "’").partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


@register.filter
def carbon_band(band: Band) -> str:
    """Kilograms from at least to at most, in tonnes once they are some: "350 to 720 t"."""
    in_tonnes = band.low >= TONNE
    low, high = (rounded(value / TONNE if in_tonnes else value) for value in band)
    unit = "t" if in_tonnes else "kg"
    return gettext("%(low)s to %(high)s") % {"low": plain(low), "high": plain(high)} + HELD + unit


@register.filter
def parameter_value(parameter: Parameter) -> str:
    """A parameter with its unit; a share in percent."""
    if parameter.unit == "CHF":
        return francs(parameter.value)
    if not parameter.unit:
        return f"{plain(parameter.value * 100)}{HELD}%"
    return f"{plain(parameter.value)}{HELD}{parameter.unit}"


@register.filter
def canton(letters: str) -> str:
    """A canton's name by its two letters."""
    return str(CANTONS.get(letters, letters))
