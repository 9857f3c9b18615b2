"""The one clock: what time it is for every record, and how the demo's past is told at its own time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("set_to", default=None)


def now() -> datetime:
    """The moment, with its zone: the real one, or what `set_to` says."""
    return _set_to.get() or timezone.now()


def today() -> date:
    """The day in Zurich."""
    return timezone.localdate(now())


def start_of_year() -> datetime:
    """The first moment of this year in Zurich."""
    return timezone.make_aware(datetime(today().year, 1, 1))  # it is made aware of its zone here


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Set the clock to a moment within this block, for Python and for Postgres' `clock_now()`.

    Time does not advance meanwhile. The block is a transaction, or part of one.
    """
    before = _set_to.get()
    token = _set_to.set(moment)
    try:
        with transaction.atomic():  # whose end takes the setting back if the block fails
            _tell_postgres(moment)
            yield
            _tell_postgres(before)
    finally:
        _set_to.reset(token)


def _tell_postgres(moment: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('weitergabe.now', %s, true)", [moment.isoformat() if moment else ""])
