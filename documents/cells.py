"""Cells of a workbook, each read as what its column holds, or refused with a sentence; pure.

A cell is never guessed at: what can be read in two ways is asked about, and a formula that nobody has computed is
neither blank nor zero.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import TypeVar

from django.utils.translation import gettext as _

from records.text import clean, clean_lines, fold

Value = str | bool | int | float | Decimal | date | datetime | time | None
Choice = TypeVar("Choice")
DIGITS = 15  # a number of a workbook holds so many, what follows is noise
NUMBER_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")
WHOLE = re.compile(r"([0-9]+)([.,]0+)?")
CURRENCY = re.compile(r"(?i)^(chf|fr\.|sfr\.)|(chf|fr\.)$")
NO_CENTIMES = re.compile(r"\.[-–—]{1,2}$")  # 150.– and 150.--
POINTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})([T ]00:00(:00(\.0+)?)?)?")
SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
YES = ["ja", "yes", "oui", "sì", "si", "wahr", "true", "vrai", "vero"]
NO = ["nein", "no", "non", "falsch", "false", "faux", "falso"]
LOST_ITS_PLUS = re.compile(r"(41|423)[0-9]{7,9}")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell; of a formula the result that its program kept, or the reason why there is none."""

    value: Value = None
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there; spaces are nothing, 0 is something."""
        return not self.fault and (self.value is None or (isinstance(self.value, str) and not clean(self.value)))


class Fault(Exception):
    """Why a cell can't be read as what its column holds, as a sentence."""


def _value(cell: Cell) -> Value:
    """What a cell that is not blank holds; raises its own fault."""
    if cell.fault:
        raise Fault(cell.fault)
    return None if cell.is_blank else cell.value


def shown(value: Value) -> str:
    """What stands in a cell, as the office that filled it would say it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, int | float | Decimal) and isfinite(value):
        return f"{_rounded(Decimal(str(value))):f}"
    return "" if value is None else clean(str(value))


def text(cell: Cell, *, longest: int | None = None) -> str:
    """One line; a number as it is shown. Empty if blank."""
    return _fitting(shown(_value(cell)), longest)


def lines(cell: Cell) -> str:
    """Text that may have several lines."""
    value = _value(cell)
    return clean_lines(value) if isinstance(value, str) else shown(value)


def _fitting(line: str, longest: int | None) -> str:
    if longest is not None and len(line) > longest:
        raise Fault(_("At most %(most)s characters have room; these are %(n)s.") % {"most": longest, "n": len(line)})
    return line


def postcode(cell: Cell) -> str:
    """A postcode as text. A number of four digits is one, too; a shorter one may have lost its zeros."""
    value = _value(cell)
    if value is None or isinstance(value, str):
        return shown(value)
    number = _as_whole(value)
    if number is None or not 1000 <= number <= 9999:
        raise Fault(
            _("“%(value)s” is a number here, and zeros at its beginning may be lost: write the postcode as text.")
            % {"value": shown(value)}
        )
    return str(number)


def phone(cell: Cell) -> str:
    """A telephone number as text; a number has lost its plus or its zero."""
    value = _value(cell)
    if isinstance(value, str) and not LOST_ITS_PLUS.fullmatch(clean(value)):
        return clean(value)
    if value is None:
        return ""
    raise Fault(
        _("“%(value)s” has lost its beginning: is it +%(value)s or 0%(value)s? Write it with blanks, as text.")
        % {"value": shown(value)}
    )


def whole_number(cell: Cell) -> int | None:
    """A number without a fraction: 261, 261.0, “0261”."""
    value = _value(cell)
    if value is None:
        return None
    number = _as_whole(value)
    if number is None:
        raise Fault(_("“%(value)s” is no whole number.") % {"value": shown(value)})
    return number


def _as_whole(value: Value) -> int | None:
    if isinstance(value, str):
        found = WHOLE.fullmatch(clean(value))
        return int(found[1]) if found and len(found[1]) <= DIGITS else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = _rounded(Decimal(str(value)))
    return int(number) if number == number.to_integral_value() and number >= 0 else None


def decimal(cell: Cell) -> Decimal | None:
    """An amount: 1200.5, 1’200.50, 1 200,50, CHF 150.–; what may be thousands or a fraction is asked about."""
    value = _value(cell)
    if value is None:
        return None
    if isinstance(value, str):
        return _decimal_in(value)
    return _as_decimal(value)


def rate(cell: Cell) -> Decimal | None:
    """A rate as a fraction of one: 0.081, 8.1%, “8,1%”."""
    value = _value(cell)
    if value is None:
        return None
    found = _decimal_in(value) if isinstance(value, str) else _as_decimal(value)
    if abs(found) >= 1 and not (isinstance(value, str) and "%" in value):
        raise Fault(_("“%(value)s” may be percent or a fraction: write it like 8.1%%.") % {"value": shown(value)})
    return found


def _as_decimal(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Fault(_("“%(value)s” is no number.") % {"value": shown(value)})
    return _rounded(Decimal(str(value)))


def _decimal_in(typed: str) -> Decimal:
    plain = CURRENCY.sub("", clean(typed)).replace("’", "").replace("'", "").replace(" ", "")
    plain = NO_CENTIMES.sub("", plain).replace("−", "-").replace("–", "-")
    if "," in plain and "." in plain:  # the last one counts, the other one stands between thousands
        thousands, comma = (",", ".") if plain.rindex(".") > plain.rindex(",") else (".", ",")
        plain = plain.replace(thousands, "").replace(comma, ".")
    elif re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", plain):
        fraction = plain.replace(",", ".")
        raise Fault(
            _("“%(value)s” may be %(one)s or %(other)s: write it without the comma.")
            % {"value": clean(typed), "one": plain.replace(",", ""), "other": fraction}
        )
    else:
        plain = plain.replace(",", ".") if plain.count(",") == 1 else plain.replace(",", "")
    if not NUMBER_TEXT.fullmatch(plain):
        raise Fault(_("“%(value)s” is no number.") % {"value": clean(typed)})
    number = Decimal(plain.rstrip("%"))
    return _rounded(number / 100 if plain.endswith("%") else number)


def _rounded(number: Decimal) -> Decimal:
    """Rounded to what it is: 1237665.55000000000007 is 1237665.55."""
    if not number.is_finite():
        raise Fault(_("“%(value)s” is no number.") % {"value": number})
    rounded = Decimal(f"{number:.{DIGITS}g}").normalize()
    return (
        rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() and rounded.adjusted() < 20 else rounded
    )


def day(cell: Cell) -> date | None:
    """A day: a date of the workbook, 01.01.2024, 2024/01/01; 07/08/2023 is asked about."""
    value = _value(cell)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _day_in(clean(value))
    raise Fault(_("“%(value)s” is no date here: write it like 31.12.2024.") % {"value": shown(value)})


def _day_in(typed: str) -> date:
    if found := POINTED.fullmatch(typed):
        parts = found[3], found[2], found[1]
    elif found := YEAR_FIRST.fullmatch(typed):
        parts = found[1], found[3], found[4]
    elif found := SLASHED.fullmatch(typed):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second:
            raise Fault(
                _("“%(value)s” may be %(one)s or %(other)s: write it like 31.12.2024.")
                % {
                    "value": typed,
                    "one": f"{first:02}.{second:02}.{found[3]}",
                    "other": f"{second:02}.{first:02}.{found[3]}",
                }
            )
        parts = (found[3], found[2], found[1]) if second <= 12 else (found[3], found[1], found[2])
    else:
        raise Fault(_("“%(value)s” is no date: write it like 31.12.2024.") % {"value": typed})
    try:
        return date(*map(int, parts))
    except ValueError as error:
        raise Fault(_("“%(value)s”: there is no such day.") % {"value": typed}) from error


def yes_no(cell: Cell) -> bool | None:
    """Yes or no by a list of words, 1 and 0; anything else is a fault."""
    value = _value(cell)
    if value is None or isinstance(value, bool):
        return value
    word = fold(shown(value))
    if word in YES or word == "1":
        return True
    if word in NO or word == "0":
        return False
    raise Fault(_("“%(value)s” is neither yes nor no.") % {"value": shown(value)})


def choice(cell: Cell, words: Mapping[str, Choice], offered: Callable[[], str]) -> Choice | None:
    """One of a list of words, given folded; `offered()` says in the refusal which there are."""
    typed = text(cell)
    if not typed:
        return None
    if (found := words.get(fold(typed))) is None:
        raise Fault(
            _("“%(value)s” is not known here. There are: %(offered)s.") % {"value": typed, "offered": offered()}
        )
    return found
