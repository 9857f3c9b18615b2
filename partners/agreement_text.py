"""The framework agreement in words: a version's text with an organisation's facts in it; pure.

A text is written in blocks with a blank line between them: `## ` begins a heading, `- ` each item of a list, all else
is a paragraph. It is no Markdown: a name with an asterisk in it stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

FACTS = {  # what a text may name in braces
    "organisation": _("the organisation’s name"),
    "address": _("its address"),
    "communes": _("the communes it speaks for"),
    "contribution": _("what a laptop costs, in francs"),
    "association": _("the association’s name"),
    "association_address": _("the association’s address"),
    "version": _("the version’s number"),
}


def fill(body: str, facts: Mapping[str, Any]) -> str:
    """The text with each `{name}` of FACTS replaced; whatever else stands in braces stays as it is.

    A fact is put in once and never searched again: an organisation called "{address}" stays one.
    """
    parts = body.replace("\r\n", "\n").split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled.append(f"{facts[name]}{rest}" if brace and name in FACTS else "{" + part)
    return "".join(filled)


def unknown_names(body: str) -> list[str]:
    """Names in braces that no fact has: typing errors, most likely."""
    found = [part.partition("}") for part in body.split("{")[1:]]
    return [name for name, brace, _rest in found if brace and name not in FACTS]


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or the items of a list."""

    kind: str  # "heading", "paragraph" or "list"
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def blocks(text: str) -> list[Block]:
    """The blocks of a text in their order."""
    found = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("## "):
            found.append(Block("heading", (lines[0].removeprefix("## "),)))
            lines = lines[1:]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(Block("list", tuple(line.removeprefix("- ") for line in lines)))
        elif lines:
            found.append(Block("paragraph", tuple(lines)))
    return found
