"""Laptops of the demo: what they are, and what is to happen to each in the workshop and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from .accounts import Staff
from .calendar import Calendar

MODELS = (
    ("Lenovo", "ThinkPad T480", 8),
    ("Lenovo", "ThinkPad T470s", 8),
    ("Lenovo", "ThinkPad X280", 8),
    ("Lenovo", "ThinkPad L13", 16),
    ("HP", "EliteBook 840 G5", 8),
    ("HP", "EliteBook 830 G6", 16),
    ("HP", "ProBook 440 G5", 4),
    ("Dell", "Latitude 5490", 8),
    ("Dell", "Latitude 7390", 8),
    ("Dell", "Latitude 3390", 4),
    ("Fujitsu", "Lifebook U758", 16),
)
DRIVES = (("ssd", 256), ("ssd", 256), ("nvme", 256), ("nvme", 512), ("ssd", 128), ("hdd", 500))
SHELVES = "ABCDE"
# What stands in the house and belongs to no request: share of the number of requests, and at least so many.
STOCK = {
    "received": (0.06, 7),
    "erased": (0.04, 5),
    "ready": (0.07, 12),
    "repair": (0.015, 2),
    "missing": (0.005, 1),
    "scrapped": (0.02, 3),
    "passed_on": (0.01, 2),
}
ENDS = {  # verb and what the laptop was before
    "repair": ("repair", "erased"),
    "missing": ("report_missing", "ready"),
    "scrapped": ("scrap", "received"),
    "passed_on": ("pass_on", "ready"),
}


class PlannedLaptop(NamedTuple):
    """What is to happen to a laptop; times are None for what is not. `request` is the plan it is for, if any."""

    key: int
    request: int | None
    status: str
    asset_tag: str
    maker: str
    model: str
    memory_gb: int
    system: str
    keyboard: str
    grade: str
    shelf: str
    serials: str  # of its drives, with a blank between them
    drive_kind: str
    drive_size: int
    receiver: int
    eraser: int
    checker: int
    received_at: datetime
    failed_at: datetime | None = None
    erased_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    end_verb: str = ""
    end_from: str = ""


class Workshop:
    """Plans laptops, each with a tag of its own."""

    def __init__(self, rng: Random, calendar: Calendar, staff: Staff) -> None:
        self.rng, self.calendar = rng, calendar
        self.people = [volunteer.pk for volunteer in staff.volunteers]
        self.planned = 0

    def for_request(self, request: int, *, status: str, system: str, keyboard: str, by_place: int) -> PlannedLaptop:
        """A laptop that is ready on the morning of a working day, for the request that it goes to."""
        rng = self.rng
        ready = max(by_place - rng.randrange(1, 12), 2)
        grade = "A" if rng.random() < 0.45 else "B"
        return self._laptop(status, system, keyboard, ready=ready, grade=grade, request=request)

    def in_stock(self, status: str, n: int = 0) -> PlannedLaptop:
        """The n-th of the laptops that stand there and are kept for nobody."""
        system = "windows" if n % 6 == 5 else "linux"
        keyboard = "ch-fr" if n % 5 == 3 else "ch-de"
        ready = self.calendar.last - self.rng.randrange(1 if status in ("received", "erased") else 4, 14)
        return self._laptop(status, system, keyboard, ready=ready, grade="CBAAB"[n % 5], n=n)

    def stock(self, requests: int) -> Iterator[PlannedLaptop]:
        """All that is kept for nobody beside so many requests."""
        for status, (share, least) in STOCK.items():
            for n in range(max(round(share * requests), least)):
                yield self.in_stock(status, n)

    def _laptop(
        self, status: str, system: str, keyboard: str, *, ready: int, grade: str, request: int | None = None, n: int = 0
    ) -> PlannedLaptop:
        rng = self.rng
        maker, model, memory_gb = rng.choice(MODELS)
        if system == "windows":
            memory_gb = max(memory_gb, 8)
        kind, size = rng.choice(DRIVES)
        times = self._times(status, ready, n)
        verb, before = ENDS.get(status, ("", ""))
        has_grade = times["ready_at"] is not None
        shelf = f"{rng.choice(SHELVES)}-{rng.randrange(1, 25):02}"
        drives = 2 if rng.random() < 0.08 else 1
        self.planned += 1
        return PlannedLaptop(
            self.planned,
            request,
            status,
            self._tag(maker),
            maker,
            model,
            memory_gb,
            system,
            keyboard,
            grade if has_grade else "",
            shelf if has_grade else "",
            " ".join(f"{rng.getrandbits(48):012X}" for _drive in range(drives)),
            kind,
            size,
            rng.choice(self.people),
            rng.choice(self.people),
            rng.choice(self.people),
            **times,
            end_verb=verb,
            end_from=before,
        )

    def _times(self, status: str, ready: int, n: int) -> dict[str, Any]:
        """Received, erased, looked over: a few working days apart; some drives needed a second try."""
        rng, calendar = self.rng, self.calendar
        erased = max(ready - rng.randrange(1, 4), 1)
        received = max(erased - rng.randrange(1, 6), 0)
        is_scrapped, is_received = status == "scrapped", status == "received"
        fails = rng.random() < 0.03 or is_scrapped or (is_received and n % 4 == 0)
        erased_at = calendar.moment(rng, erased, 11, 16.5)
        was_ready = status not in ("received", "erased", "scrapped", "repair")
        end = min(ready + rng.randrange(1, 3), calendar.last)
        return {
            "received_at": calendar.moment(rng, received, 9, 16),
            "failed_at": erased_at - timedelta(minutes=rng.randrange(50, 110)) if fails else None,
            "erased_at": None if is_scrapped or is_received else erased_at,
            "ready_at": calendar.moment(rng, ready, 8.25, 11) if was_ready else None,
            "ended_at": calendar.moment(rng, end, 13, 16) if status in ENDS else None,
        }

    def _tag(self, maker: str) -> str:
        scrambled = self.planned * 7919 % 1_000_003  # a prime: no two laptops share a tag
        return f"{maker[:2].upper()}{scrambled:07}"
