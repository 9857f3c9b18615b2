"""How many rows there are: several such numbers in one statement, which stops counting where nobody reads on."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from django.db.models import IntegerField, Model, QuerySet, Subquery

MANY = 100  # from here on nobody needs to know how many on the home page; people read "99+"
Name = TypeVar("Name", bound=Hashable)


class CountUpTo(Subquery):
    """How many rows a queryset has; the database stops counting at `limit`."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset: QuerySet[Any], limit: int | None = MANY) -> None:
        super().__init__(queryset.order_by().values("pk")[:limit])


def count_each(beside: Model, wanted: Mapping[Name, QuerySet[Any]], limit: int | None = MANY) -> dict[Name, int]:
    """How many rows each of these has, up to a limit: columns beside a row that is there, the reader's say."""
    columns = [CountUpTo(rows, limit) for rows in wanted.values()]
    counts = beside._meta.model._base_manager.filter(pk=beside.pk).values_list(*columns).get() if columns else ()
    return dict(zip(wanted, counts, strict=True))


def in_words(count: int, limit: int = MANY) -> str:
    """A number that was counted up to a limit, as people read it: "7", or "99+"."""
    return f"{limit - 1}+" if count >= limit else str(count)
