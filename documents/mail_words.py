"""Texts of mails with names in braces, and how they are filled in; pure.

A text is words and names, nothing else: what a person typed is never run as a template.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

BRACES = re.compile(r"\{([^{}]*)\}")


class Piece(NamedTuple):
    """A part of a paragraph: words, or a link that says something else than its address."""

    text: str
    url: str = ""


def names_in(text: str) -> list[str]:
    """What stands in braces, each once."""
    return list(dict.fromkeys(BRACES.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the value of each name; a value is never searched for names again."""
    parts = BRACES.split(text)
    return "".join(values[part] if number % 2 else part for number, part in enumerate(parts))


def paragraphs(text: str, values: Mapping[str, str], links: Mapping[str, str]) -> list[list[Piece]]:
    """The same as paragraphs for HTML, where the names of `links` become links with these words."""
    return [
        [
            (Piece(links[part], values[part]) if part in links else Piece(values[part])) if number % 2 else Piece(part)
            for number, part in enumerate(BRACES.split(paragraph.strip()))
            if part
        ]
        for paragraph in re.split(r"\n\s*\n", text)
        if paragraph.strip()
    ]
