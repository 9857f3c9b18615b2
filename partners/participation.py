"""From when to when a commune takes part: an organisation speaks for it, under an agreement that runs.

An agreement runs from the day it was signed until the organisation ends; not while it is suspended.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from records import clock

from .lifecycle import PartnerStatus
from .models import Agreement, Commune, Coverage, PartnerStep

EVER = date.max


class Span(NamedTuple):
    """Days from `start` to the day before `end`."""

    start: date
    end: date = EVER

    def within(self, other: "Span") -> "Span":
        return Span(max(self.start, other.start), min(self.end, other.end))

    def __bool__(self) -> bool:
        return self.start < self.end

    def without(self, others: Iterable["Span"]) -> "list[Span]":
        """What is left when the others, in their order, are taken out."""
        rest, left = self, []
        for other in others:
            left.append(rest.within(Span(date.min, other.start)))
            rest = rest.within(Span(other.end, EVER))
        return [span for span in (*left, rest) if span]


class Part(NamedTuple):
    """That a commune takes part through an organisation of a kind; `pauses` are when that was suspended."""

    kind: str
    span: Span
    pauses: tuple[Span, ...] = ()

    def touches(self, days: Span) -> bool:
        """Whether on any of these days it was no pause."""
        return bool(self.span.within(days) and self.span.within(days).without(self.pauses))


class Term(NamedTuple):
    """From the signature to the end, with the pauses between."""

    span: Span
    pauses: tuple[Span, ...]


def parts_by_commune() -> dict[int, list[Part]]:
    """All that communes took part, by the BFS number that their ground has today; four queries."""
    terms, followers = _terms(), current_numbers()
    found = defaultdict(list)
    columns = ("partner", "partner__kind", "commune", "valid_from", "valid_to")
    for partner, kind, commune, valid_from, valid_to in Coverage.objects.values_list(*columns).order_by("pk"):
        for term in terms.get(partner, ()):
            if span := term.span.within(Span(valid_from, valid_to or EVER)):
                found[followers.get(commune, commune)].append(Part(kind, span, term.pauses))
    return found


def since(parts: Iterable[Part], days: Span) -> date | None:
    """Since when a commune takes part without a gap, as of the last of these days on which it does; None if on none."""
    begun, last, found = date.min, date.min, None
    for part in sorted(parts, key=lambda part: part.span):
        if part.span.start > last:
            begun = part.span.start
        last = max(last, part.span.end)
        if part.touches(days):
            found = begun
    return found


def current_numbers() -> dict[int, int]:
    """For each commune that has gone up in another by today: the number of what its ground belongs to now."""
    ended = Commune.objects.filter(successor__isnull=False, valid_to__lte=clock.today())
    next_one = {number: int(successor) for number, successor in ended.values_list("pk", "successor") if successor}
    return {number: _last(number, next_one) for number in next_one}


def _last(number: int, next_one: Mapping[int, int]) -> int:
    seen = set()
    while number in next_one and number not in seen:
        seen.add(number)
        number = next_one[number]
    return number


def _terms() -> dict[int, list[Term]]:
    """For each organisation when its agreements ran, from what was signed and its steps, as they were recorded."""
    events: dict[int, list[tuple[datetime, str, date]]] = defaultdict(list)
    signed = Agreement.objects.countersigned().values_list("partner", "signed_on", "countersigned_at")
    for partner, signed_on, at in signed:
        if at is not None:  # as countersigned() says; for the checker of types
            events[partner].append((at, "signed", signed_on))
    moves = PartnerStep.objects.exclude(from_status=F("to_status"))
    told = moves.filter(to_status__in=[PartnerStatus.SUSPENDED, PartnerStatus.ENDED]) | moves.filter(
        from_status=PartnerStatus.SUSPENDED, to_status=PartnerStatus.ACTIVE
    )
    for partner, at, status in told.values_list("record", "at", "to_status").order_by("pk"):
        events[partner].append((at, status, timezone.localtime(at).date()))
    return {partner: _terms_of(sorted(happened)) for partner, happened in events.items()}


def _terms_of(happened: Iterable[tuple[datetime, str, date]]) -> list[Term]:
    terms: list[Term] = []
    begun: date | None = None
    pauses: list[Span] = []
    paused: date | None = None
    for _at, what, day in happened:
        if what == "signed":
            if begun is None:
                begun = max(day, terms[-1].span.end) if terms else day
            continue
        if paused is not None:
            pauses.append(Span(paused, day))
            paused = None
        if what == PartnerStatus.SUSPENDED:
            paused = day
        elif what == PartnerStatus.ENDED and begun is not None:
            terms.append(Term(Span(begun, day), tuple(pauses)))
            begun, pauses = None, []
    if begun is not None:
        terms.append(Term(Span(begun), tuple(pauses if paused is None else [*pauses, Span(paused)])))
    return terms
