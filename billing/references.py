"""Numbers of invoices and their QR references, 27 digits that lead a payment to its invoice.

Source: IG QR-bill v2.4, annex B.
"""

from re import fullmatch

from stdnum.ch import esr

DIGITS = 26  # before the check digit
LARGEST_NUMBER = 10**8 - 1


def public_number(year: int | str, number: int) -> str:
    """An invoice's number as people write it: 2026-0463."""
    return f"{year}-{number:04}"


def qr_reference(prefix: str, year: int, number: int) -> str:
    """The bank's prefix (at most 10 digits), zeros, year (4), number (8), check digit: 27 digits."""
    if len(prefix) > 10 or not (prefix == "" or prefix.isdigit()):
        raise ValueError(f"a prefix has at most 10 digits: {prefix!r}")
    if not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"a number has at most 8 digits: {number}")
    body = prefix + f"{year:04}{number:08}".rjust(DIGITS - len(prefix), "0")
    return body + esr.calc_check_digit(body)


def is_qr_reference(text: str) -> bool:
    """Whether it is 27 digits, not all zero, the last one checking the others (modulo 10 recursive)."""
    return bool(fullmatch("[0-9]{27}", text)) and int(text) > 0 and esr.calc_check_digit(text[:DIGITS]) == text[DIGITS]


def in_fives(reference: str) -> str:
    """A reference as it is printed: 2 digits and 5 times 5."""
    return " ".join([reference[:2], *(reference[at : at + 5] for at in range(2, 27, 5))])
