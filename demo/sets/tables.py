"""Temporary tables: rows from Python by COPY, until the transaction ends, and statements that go on from there."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, NamedTuple, Self, get_args
from uuid import UUID

from django.db import connection

SQL_TYPES = {int: "bigint", str: "text", Decimal: "numeric", UUID: "uuid", date: "date", datetime: "timestamptz"}
# All keys that wait for the commit, but for the one that holds a series of numbers together: while sets and walk
# write in turn, it has gaps.
KEYS = "SELECT string_agg(quote_ident(conname), ', ') FROM pg_constraint WHERE condeferred AND conname <> 'no_gap'"


class Table:
    """A temporary table of rows of one kind; on their way they are kept in a file and not in memory."""

    def __init__(self, name: str, kind: type[NamedTuple]) -> None:
        self.name, self.kind = name, kind

    def __enter__(self) -> Self:
        self.file = TemporaryFile("w+", newline="", encoding="utf-8")
        self.add = csv.writer(self.file).writerow
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        """Make the table and copy the rows in, unless something went wrong meanwhile."""
        with self.file:
            if error is None:
                self._copy()

    def _copy(self) -> None:
        columns = ", ".join(f"{name} {_sql_type(kind)}" for name, kind in self.kind.__annotations__.items())
        self.file.seek(0)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE {self.name} ({columns}) ON COMMIT DROP")
            cursor.copy_expert(f"COPY {self.name} FROM STDIN (FORMAT csv)", self.file)


def _sql_type(annotation: Any) -> str:
    """The column's type for `datetime` and for `datetime | None` alike."""
    return next(SQL_TYPES[kind] for kind in get_args(annotation) or (annotation,) if kind in SQL_TYPES)


def copy(name: str, kind: type[NamedTuple], rows: Iterable[NamedTuple]) -> None:
    """Make a temporary table of these rows."""
    with Table(name, kind) as table:
        for row in rows:
            table.add(row)


def run(statements: str, **values: Any) -> None:
    """Run some statements, and let what waits for the commit be checked now and not all at the end."""
    with connection.cursor() as cursor:
        for statement in statements.split(";\n"):
            cursor.execute(statement, values)
        cursor.execute(KEYS)
        (keys,) = cursor.fetchone()
        cursor.execute(f"SET CONSTRAINTS {keys} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {keys} DEFERRED")
