"""Typed text, cleaned before it is judged: letters composed, every kind of space one space, ends trimmed; pure."""

import unicodedata
from typing import Any


def clean(text: str) -> str:
    """A line as it is judged and kept: composed (NFC), any run of spaces or line ends one space, ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_lines(text: str) -> str:
    """The same line by line, for what may have several; empty lines at the ends go, as spaces do."""
    return "\n".join(clean(line) for line in text.splitlines()).strip("\n")


def clean_typed(sent: Any) -> Any:
    """Whatever a program sent, with every text in it cleaned line by line; all else stays as it is."""
    if isinstance(sent, str):
        return clean_lines(sent)
    if isinstance(sent, dict):
        return {key: clean_typed(value) for key, value in sent.items()}
    return [clean_typed(value) for value in sent] if isinstance(sent, list) else sent


def typographic(name: str) -> str:
    """A name with the apostrophe that is printed: Château-d’Oex."""
    return name.replace("'", "’")


def fold(text: str) -> str:
    """What two texts share that differ only in capitals, composition, spaces and the apostrophe; for comparing only."""
    return clean(typographic(unicodedata.normalize("NFKC", text).casefold()))


def with_numbers(signs: str) -> str:
    """Signs as a refusal shows them, each with its number: “漢 (U+6F22), U+202E”; what draws nothing has only that."""
    return ", ".join(_with_number(sign) for sign in signs)


def _with_number(sign: str) -> str:
    number = f"U+{ord(sign):04X}"
    return f"{sign} ({number})" if sign.isprintable() and not unicodedata.combining(sign) else number
