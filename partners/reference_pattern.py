"""How an organisation writes its case references, said by an example's shape; pure.

`#` stands for a digit, `A` for a letter, `*` for either; every other sign stands for itself.
"""

import re

PLACES = {"#": "[0-9]", "A": r"[^\W\d_]", "*": r"[^\W_]"}
EXAMPLE = {"#": "4", "A": "K", "*": "7"}
SIGNS = re.compile(r"[#A* ./_-]+|[0-9B-Zb-z]+")


def is_pattern(text: str) -> bool:
    """Whether it has a place to fill in, and else only signs that a case reference has."""
    return any(place in text for place in PLACES) and not SIGNS.sub("", text)


def fits(pattern: str, reference: str) -> bool:
    """Whether a reference is written so; any is where there is no pattern."""
    if not pattern:
        return True
    shape = "".join(PLACES.get(sign) or re.escape(sign) for sign in pattern)
    return bool(re.fullmatch(shape, reference, re.IGNORECASE))


def example_of(pattern: str) -> str:
    """A reference that fits."""
    return "".join(EXAMPLE.get(sign, sign) for sign in pattern)
