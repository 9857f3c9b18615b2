"""Lists as tables: a list says its columns once, each with what a row shows in it and from which width on.

Written by Python and not by nested templates, which cost more than all the rest of a page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString

from records.status import Words

Cell = Callable[[Any], object]
SOME_KEY = "1234567890"
NOTHING = SafeString()
UNSEEN = ' class="visually-hidden"'


@dataclass(frozen=True)
class Column:
    """A column: its heading, and `cell(row)`, what a row shows in it, escaped unless it is marked as HTML.

    `width` is the least one, "sm", "md" or "lg", at which it has room. Below it, what it shows stands in the row's
    first cell, in a line with the classes `narrow`; with None it is left out there. A heading that is `unseen` is only
    read aloud.
    """

    heading: Words
    cell: Cell
    width: str = ""
    css: str = ""
    narrow: str | None = None
    unseen: bool = False

    @property
    def attributes(self) -> str:
        classes = f"d-none d-{self.width}-table-cell" if self.width else ""
        return f' class="{f"{classes} {self.css}".strip()}"' if classes or self.css else ""

    @property
    def head(self) -> str:
        if self.unseen:
            return f'<th scope="col">{span(self.heading, "visually-hidden")}</th>'
        return f'<th scope="col"{self.attributes}>{escaped(self.heading)}</th>'


@dataclass(frozen=True)
class Picks:
    """The checkboxes in front of a table's rows: `head` ticks all of them, `cell(row)` one."""

    head: SafeString
    cell: Callable[[Any], SafeString]


def table(
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    caption: Words,
    seen: bool = False,
    picks: Picks | None = None,
    foot: SafeString = NOTHING,
) -> SafeString:
    """A table of these rows; the first column names each row. Its caption is only read aloud unless it is `seen`."""
    headings = "".join(column.head for column in columns)
    first, *others = [(column, column.attributes) for column in columns]
    lines = []
    for row in rows:
        cells, narrow = [], [escaped(first[0].cell(row))]
        for column, attributes in others:
            shown = escaped(column.cell(row))
            cells.append(f"<td{attributes}>{shown}</td>")
            if column.narrow is not None:
                narrow.append(below(column.width, SafeString(shown), column.narrow))
        pick = picks.cell(row) if picks else ""
        lines.append(f'<tr>{pick}<th scope="row"{first[1]}>{"".join(narrow)}</th>{"".join(cells)}</tr>')
    return SafeString(
        f'<table class="wg-table"><caption{"" if seen else UNSEEN}>{escaped(caption)}</caption>'
        f"<thead><tr>{picks.head if picks else ''}{headings}</tr></thead><tbody>{''.join(lines)}</tbody>"
        f"{foot and f'<tfoot>{foot}</tfoot>'}</table>"
    )


def escaped(shown: object) -> str:
    """What is shown as a template would write it: text escaped, HTML as it is, nothing for None."""
    if isinstance(shown, SafeString):
        return shown
    return "" if shown is None else escape(str(shown))


def below(width: str, shown: object, css: str = "") -> SafeString:
    """A line that is there only below a width; nothing when nothing is shown in it."""
    return SafeString(f'<span class="d-{width}-none d-block {css}">{escaped(shown)}</span>' if shown else "")


def span(shown: object, css: str) -> SafeString:
    return SafeString(f'<span class="{css}">{escaped(shown)}</span>')


def link(url: str, words: object, css: str = "") -> SafeString:
    return SafeString(f'<a class="{css}" href="{escape(url)}">{escaped(words)}</a>')


def token_field(token: str) -> SafeString:
    """What `{% csrf_token %}` writes; `token` is `get_token(request)` of the page."""
    return SafeString(f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">')


def press(url: str, token: str, words: object, *, inside: object = NOTHING) -> SafeString:
    """A form of one button, with `inside` in front of it; `token` is `get_token(request)` of the page."""
    return SafeString(
        f'<form method="post" action="{escape(url)}">{token_field(token)}{escaped(inside)}'
        f'<button class="btn wg-btn btn-sm" type="submit">{escaped(words)}</button></form>'
    )


def address(name: str, key: object) -> str:
    """The address of a row's page, of a route with one key: Django's `reverse` looks it up for each row."""
    before, after = _around(name)
    return f"{before}{quote(str(key), safe='')}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _key, after = reverse(name, args=[SOME_KEY]).partition(SOME_KEY)
    return before, after


def joined(*parts: object) -> SafeString:
    """What a cell is made of, one after the other."""
    return SafeString("".join(map(escaped, parts)))
