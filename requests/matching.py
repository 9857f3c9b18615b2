"""Which ready laptop suits which request, and why; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

MEMORY_GB = {"linux": 4, "windows": 8}
GRADES = ("A", "B")


@dataclass(frozen=True)
class Wish:
    """What a request asks for; requests come in the order of the queue."""

    key: int
    system: str
    keyboard: str


@dataclass(frozen=True)
class Laptop:
    """What a ready device offers; `memory_gb` in GB, grade A, B or C."""

    key: int
    system: str
    keyboard: str
    memory_gb: int
    grade: str


@dataclass(frozen=True)
class Proposal:
    """A match with its reasons, or none with what stands in the way, as codes."""

    wish: Wish
    laptop: Laptop | None
    reasons: tuple[str, ...]


def obstacles(wish: Wish, laptop: Laptop) -> tuple[str, ...]:
    """Why this laptop does not suit, as codes; empty when it does."""
    found = []
    if laptop.system != wish.system:
        found.append("other_system")
    if laptop.memory_gb < MEMORY_GB[wish.system]:
        found.append("too_little_memory")
    if laptop.keyboard != wish.keyboard:
        found.append("other_keyboard")
    if laptop.grade not in GRADES:
        found.append("grade_below_b")
    return tuple(found)


def propose(wishes: Iterable[Wish], laptops: Iterable[Laptop], stock: Iterable[Laptop] = ()) -> list[Proposal]:
    """Give each wish in turn the plainest laptop that suits: by memory, grade, and the longest here.

    `stock` is what else is ready but goes to earlier wishes: it says what stands in the way of those that get none.
    """
    shelves: dict[tuple[str, str], list[Laptop]] = {}
    laptops = sorted(laptops, key=_plainness)
    everything = sorted([*laptops, *stock], key=_plainness)
    for laptop in laptops:
        shelves.setdefault((laptop.system, laptop.keyboard), []).append(laptop)
    proposals = []
    for wish in wishes:
        shelf = shelves.get((wish.system, wish.keyboard), [])
        found = next((laptop for laptop in shelf if not obstacles(wish, laptop)), None)
        if found:
            shelf.remove(found)
            proposals.append(Proposal(wish, found, ("system", "memory", "keyboard", "grade", "oldest_approval")))
        else:
            proposals.append(Proposal(wish, None, _why_none(wish, everything)))
    return proposals


def _plainness(laptop: Laptop) -> tuple[int, str, int]:
    return laptop.memory_gb, laptop.grade, laptop.key


def _why_none(wish: Wish, laptops: list[Laptop]) -> tuple[str, ...]:
    if not laptops:
        return ("nothing_ready",)
    nearest = min((obstacles(wish, laptop) for laptop in laptops), key=len)
    return nearest or ("all_taken",)
