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


@dataclass(frozen=True)
class Column:
    """A column: its heading, and `cell(row)`, what a row shows in it, escaped unless it is marked as HTML.

    `width` is the least one, "sm", "md" or "lg", at which it has room. Below it, what it shows stands in the row's
    first cell, in a line with the classes `narrow`; with None it is left out there.
    """

    heading: Words
    cell: Cell
    width: str = ""
    css: str = ""
    narrow: str | None = None

    @property
    def attributes(self) -> str:
        classes = f"d-none d-{self.width}-table-cell" if self.width else ""
        return f' class="{f"{classes} {self.css}".strip()}"' if classes or self.css else ""


def table(columns: Sequence[Column], rows: Iterable[Any], *, caption: Words) -> SafeString:
    """A table of these rows; the first column names each row."""
    headings = "".join(f'<th scope="col"{column.attributes}>{escaped(column.heading)}</th>' for column in columns)
    first, *others = [(column, column.attributes) for column in columns]
    lines = []
    for row in rows:
        cells, narrow = [], [escaped(first[0].cell(row))]
        for column, attributes in others:
            shown = escaped(column.cell(row))
            cells.append(f"<td{attributes}>{shown}</td>")
            if column.narrow is not None:
                narrow.append(below(column.width, SafeString(shown), column.narrow))
        lines.append(f'<tr><th scope="row"{first[1]}>{"".join(narrow)}</th>{"".join(cells)}</tr>')
    return SafeString(
        f'<table class="wg-table"><caption class="visually-hidden">{escaped(caption)}</caption>'
        f"<thead><tr>{headings}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
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
