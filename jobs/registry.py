"""Which function, called its door, does which kind of job, and how people read of that kind."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise

Door = Callable[[str, Any], None]  # the record's key, and the claim
Title = str | Promise

DOORS: dict[str, Door] = {}
TITLES: dict[str, Title] = {}


def job(kind: str, title: Title) -> Callable[[Door], Door]:
    """Register `door(key, claim)` for a kind such as "shipping.make_label"; the title says what it does.

    A door fetches by key and calls one action. What it writes goes inside `with claim.held():`, so that a worker
    whose lease ran out writes nothing.
    """

    def register(door: Door) -> Door:
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        TITLES[kind] = title
        return door

    return register
