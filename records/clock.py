"""The one clock: what time it is for every record, and how the demo's past is told at its own time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("set_to", default=None)


def now() -> datetime:
    """The moment, with its zone: the real one, or what `set_to` says."""
    return _set_to.get() or timezone.now()


def today() -> date:
    """The day in Zurich."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let it be another time within this block, for Python and for what Postgres fills in by itself.

    Needs a transaction. The hands don't move: what happens within happens at that moment.
    """
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
