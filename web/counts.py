"""How many rows there are: several such numbers in one statement, which stops counting where nobody reads on."""

import math
from collections.abc import Hashable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.translation import pgettext

MANY = 100  # from here on nobody needs to know how many on the home page; people read "99+"
Name = TypeVar("Name", bound=Hashable)


class CountUpTo(Subquery):
    """How many rows a queryset has; the database stops counting at `limit`."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset: QuerySet[Any], limit: int | None = MANY) -> None:
        super().__init__(queryset.order_by().values("pk")[:limit])


class Counting(Generic[Name]):
    """A statement that says how many rows each of these has, up to a limit.

    Each is written for itself: as a column of a queryset it would be copied and its tables renamed, which costs more
    than the counting.
    """

    def __init__(self, wanted: Mapping[Name, QuerySet[Any]], limit: int | None = MANY) -> None:
        self.none: dict[Name, int] = dict.fromkeys(wanted, 0)
        self.columns: list[Name] = []
        self.values: list[Any] = []
        statements = []
        for name, rows in wanted.items():
            with suppress(EmptyResultSet):  # no row can be meant
                sql, values = rows.order_by().values("pk")[:limit].query.sql_with_params()
                self.columns.append(name)
                self.values += values
                statements.append(f"(SELECT count(*) FROM ({sql}) AS counted)")
        self.sql = f"SELECT {', '.join(statements)}"

    def count(self) -> dict[Name, int]:
        if not self.columns:
            return self.none
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            return self.none | dict(zip(self.columns, cursor.fetchone(), strict=True))


def count_each(wanted: Mapping[Name, QuerySet[Any]], limit: int | None = MANY) -> dict[Name, int]:
    """How many rows each of these has, up to a limit; one statement."""
    return Counting(wanted, limit).count()


def in_words(count: int, limit: float = MANY) -> str:
    """A number that was counted up to a limit, as people read it: "7", or "99+"."""
    return f"{limit - 1}+" if count >= limit else str(count)


def spelled(count: int, limit: float = math.inf) -> str:
    """The same within a sentence: up to ten in words, in a language that writes them so: "seven"."""
    words = pgettext("numbers in a sentence", "one two three four five six seven eight nine ten").split()
    return words[count - 1] if 0 < count <= len(words) else in_words(count, limit)
