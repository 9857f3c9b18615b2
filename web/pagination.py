"""Newer and older pages of a list by the key of its last row: the tenth page costs what the first does."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
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


@dataclass(frozen=True)
class OrderedPage:
    """The rows of one page of a list in an order of its own, and the addresses of its neighbours, or nothing."""

    rows: list[Any]
    previous_url: str
    next_url: str


def paginate_by(column: str, queryset: QuerySet[Any], params: QueryDict) -> OrderedPage:
    """The page of 25 that `after` or `before` (keys) of a query string ask for, by a column and then by key.

    Both rise, and the column is never null. Where the named row stands is looked up, also when it has left the list.
    """
    after, before = parse_key(params.get("after")), parse_key(params.get("before"))
    if before:
        rows = list(_beyond(before, "lt", column, queryset).order_by(f"-{column}", "-pk")[: ROWS + 1])
        has_previous, has_next = len(rows) > ROWS, True
        rows = rows[:ROWS][::-1]
    else:
        later_ones = _beyond(after, "gt", column, queryset) if after else queryset
        rows = list(later_ones.order_by(column, "pk")[: ROWS + 1])
        has_previous, has_next = bool(after), len(rows) > ROWS
        rows = rows[:ROWS]
    return OrderedPage(
        rows,
        _url(params, "before", rows[0].pk) if has_previous and rows else "",
        _url(params, "after", rows[-1].pk) if has_next and rows else "",
    )


def _beyond(key: int, side: str, column: str, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The rows on one side ("gt" or "lt") of the one with this key; all of them if there never was one."""
    if column == "pk":  # also of a row that was deleted
        return queryset.filter(**{f"pk__{side}": key})
    place = queryset.model._base_manager.filter(pk=key).values_list(column, flat=True).first()
    if place is None:
        return queryset
    same_place = Q(**{column: place, f"pk__{side}": key})
    return queryset.filter(Q(**{f"{column}__{side}": place}) | same_place, **{f"{column}__{side}e": place})


def fair_shares(counts: dict[str, int], rows: int = ROWS) -> dict[str, int]:
    """How many rows of one page each of its lists may show: what a short list leaves goes to the longer ones."""
    shares: dict[str, int] = {}
    for name in sorted(counts, key=lambda name: counts[name]):
        shares[name] = min(counts[name], rows // (len(counts) - len(shares)))
        rows -= shares[name]
    return shares


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
