"""Ident codes, which name a parcel as Swiss Post does: `99`, the sender's licence (8 digits), the item's number (8).

There is no check digit. A code is kept, scanned and drawn as 18 digits, and printed as `99.00.000000.00000417`.
"""

import re

OWN_PREFIX = "9900000000"  # of our own labels, which need no licence
CODE = re.compile(r"[0-9]{18}")


def from_item_number(number: int) -> str:
    """The code of our own label with this item number, from 1 to 99999999."""
    return f"{OWN_PREFIX}{number:08}"


def item_number(code: str) -> int:
    return int(code[-8:])


def from_scan(text: str) -> str:
    """The code that was scanned, or typed with its dots or with spaces; empty if the text is none."""
    digits = "".join(text.replace(".", "").split())
    return digits if CODE.fullmatch(digits) else ""


def printed(code: str) -> str:
    """The code in the groups in which people read it: `99.00.000000.00000417`; empty for a parcel that has none."""
    return f"{code[:2]}.{code[2:4]}.{code[4:10]}.{code[10:]}" if code else ""


def ending(code: str) -> str:
    """The last four digits, by which labels that lie side by side are told apart."""
    return code[-4:]
