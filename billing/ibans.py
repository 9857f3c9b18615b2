"""Swiss IBANs, and QR-IBANs among them: their bank's number is 30000 to 31999 (IG QR-bill v2.4, 4.2.2)."""

import re

from stdnum import iban

# The database keeps to these two as well; it does not know the check digits.
IBAN = r"^(CH|LI)[0-9]{2}[0-9A-Z]{17}$"
QR_IBAN = r"^(CH|LI)[0-9]{2}3[01][0-9]{3}[0-9A-Z]{12}$"


def is_iban(text: str) -> bool:
    """Whether it is an IBAN of Switzerland or Liechtenstein, without blanks and with the right check digits."""
    return bool(re.fullmatch(IBAN, text)) and iban.is_valid(text)


def is_qr_iban(text: str) -> bool:
    """Whether it is an IBAN that payments with a QR reference go to."""
    return bool(re.fullmatch(QR_IBAN, text)) and iban.is_valid(text)


def in_fours(text: str) -> str:
    """An IBAN as it is printed: CH44 3199 9123 0008 8901 2."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
