"""The signs that a payment's text may hold: Latin letters and plain signs (IG QR-bill v2.4, 4.1.1)."""

import re

# No control characters either, so nobody can shift the lines of a payment code.
UNKNOWN = re.compile(r"[^\u0020-\u007e\u00a0-\u017f\u0218-\u021b\u20ac]")
PLAIN_SIGNS = {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "..."}


def with_plain_signs(text: str) -> str:
    """The text with plain quotation marks and dashes instead of typographic ones."""
    return "".join(PLAIN_SIGNS.get(sign, sign) for sign in text)


def unknown_signs(text: str) -> str:
    """The signs of a text that a payment may not hold, each once and in their order; empty if there are none."""
    return "".join(dict.fromkeys(UNKNOWN.findall(text)))
