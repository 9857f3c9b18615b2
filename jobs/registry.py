"""The doors: which function does which kind of job."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise

Door = Callable[[str, Any], None]  # the record's key, and the claim
Words = str | Promise

DOORS: dict[str, Door] = {}
WORDS: dict[str, Words] = {}  # what each kind does, as a person reads it


def job(kind: str, words: Words) -> Callable[[Door], Door]:
    """Register `door(key, claim)` for a kind such as "shipping.make_label", and the words that say what it does.

    A door fetches by key and calls one action. What it writes goes inside `with claim.held():`, so that a worker
    whose lease ran out writes nothing.
    """

    def register(door: Door) -> Door:
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        WORDS[kind] = words
        return door

    return register
