"""The doors: which function does which kind of job."""

from collections.abc import Callable
from typing import Any

Door = Callable[[str, Any], None]  # the record's key, and the claim

DOORS: dict[str, Door] = {}


def job(kind: str) -> Callable[[Door], Door]:
    """Register `door(key, claim)` for a kind such as "shipping.make_label".

    A door fetches by key and calls one action. What it writes goes inside `with claim.held():`, so that a worker
    whose lease ran out writes nothing.
    """

    def register(door: Door) -> Door:
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        return door

    return register
