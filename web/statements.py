"""Statements that are put together once: to write a queryset as SQL takes Django longer than the answer Postgres."""

from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from functools import lru_cache, update_wrapper
from inspect import Parameter, signature
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, QuerySet

from records import clock

MANY = 256  # statements of one sort
Row = TypeVar("Row")


class Gap(Expression):
    """A value that is not known yet."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Written(NamedTuple):
    """A queryset with its compiler, which knows what columns become, its SQL, and values and gaps in their order."""

    queryset: Any
    compiler: Any
    sql: str
    values: tuple[Any, ...]

    def get_compiler(self, using: str | None = None, **_about: Any) -> Any:
        """What Django asks a query for."""
        compiler = copy(self.compiler)
        compiler.connection = connections[self.queryset.db]  # this thread's
        compiler.as_sql = lambda *_args, **_options: (self.sql, self.values)
        return compiler


class statement(Generic[Row]):  # noqa: N801 - a decorator
    """Decorate a function that makes a queryset: called, it gives the rows, and the statement stays for the next time.

    Positional parameters are values that the queryset compares columns with; keyword ones are what it is made of, and
    each of them has a statement of its own. What depends on the day is put together anew each day; a moment has to be
    a parameter.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self.make = make
        positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        self.names = [name for name, about in signature(make).parameters.items() if about.kind in positional]
        self.written = lru_cache(MANY)(self._put_together)
        update_wrapper(self, make)

    def __call__(self, *values: Any, **made_of: Any) -> list[Row]:
        written = self.written(clock.today(), **made_of)
        if written is None:
            return []
        known = dict(zip(self.names, values, strict=True))
        given = tuple(known[value.name] if isinstance(value, Gap) else value for value in written.values)
        queryset = written.queryset
        found = type(queryset)(model=queryset.model, query=written._replace(values=given), using=queryset._db)
        found._iterable_class, found._fields = queryset._iterable_class, queryset._fields
        return list(found)

    def _put_together(self, _day: date, **made_of: Any) -> Written | None:
        """The statement; None if no row can be meant."""
        queryset: Any = self.make(*map(Gap, self.names), **made_of)
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return None
        if any(isinstance(value, datetime) for value in values):
            raise TypeError(f"{self.make.__qualname__} keeps a moment, which would never pass.")
        return Written(queryset, compiler, sql, tuple(values))
