"""Newer and older pages of a list by the key of its last row: the tenth page costs what the first does."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

ROWS = 25
MANY = 100
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page:
    """The rows of one page, newest first, and the addresses of its neighbours; empty where there is none."""

    rows: list[Any]
    newer_url: str
    older_url: str


def paginate(queryset: QuerySet[Any], params: QueryDict, *, key: str = "pk") -> Page:
    """The page that `after` or `before` (keys) and `rows` (25 or 100) of a query string ask for; one query.

    `key` names a column of whole numbers that is unique and has an index.
    """
    size = MANY if params.get("rows") == str(MANY) else ROWS
    after, before = parse_key(params.get("after")), parse_key(params.get("before"))
    if before:
        rows = list(queryset.filter(**{f"{key}__gt": before}).order_by(key)[: size + 1])
        newer, older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        older_ones = queryset.filter(**{f"{key}__lt": after}) if after else queryset
        rows = list(older_ones.order_by(f"-{key}")[: size + 1])
        newer, older = bool(after), len(rows) > size
        rows = rows[:size]
    return Page(
        rows,
        _url(params, "before", getattr(rows[0], key)) if newer and rows else "",
        _url(params, "after", getattr(rows[-1], key)) if older and rows else "",
    )


def parse_key(text: str | None) -> int | None:
    """The key that a text holds, or None: digits of other alphabets and endless ones are no key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def find_row(found: QuerySet[Row], text: str | None) -> Row | None:
    """The row whose key a text holds; None, and no query, when it holds none."""
    key = parse_key(text)
    return None if key is None else found.filter(pk=key).first()


def _url(params: QueryDict, name: str, key: int) -> str:
    query = without(params)
    query[name] = str(key)
    return f"?{query.urlencode()}"


def without(params: QueryDict, *names: str) -> QueryDict:
    """The values of a query string without these names, from the first page on."""
    query = params.copy()
    for name in (*names, "after", "before"):
        query.pop(name, None)
    return query
