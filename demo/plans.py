"""What is to happen to each request of the demo, from the first word to the doorstep or a side exit, and when.

A plan is made backwards from where it ends: a parcel goes out on a dispatch day, so its laptop was allocated some
working days before and the request approved before that. The plans of `walk` are carried out by the actions, all
others are laid out in the tables by `sets`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from .accounts import Staff
from .calendar import Calendar
from .laptops import PlannedLaptop, Workshop
from .names import person, street
from .partners import PRICES, Client

# Where the requests stand: share, and at least so many. The rest is delivered.
ENDINGS = {
    "received": (0.06, 4),
    "approved": (0.08, 8),
    "allocated": (0.05, 10),
    "shipped": (0.04, 4),
    "declined": (0.045, 5),
    "withdrawn": (0.03, 6),
    "rejected": (0.012, 2),
    "returned": (0.015, 3),
    "lost": (0.01, 2),
}
# How far the parcels of the allocated ones have come, twice one after the other; the rest of them is not packed yet.
PARCELS = ("closed", "packing", "labelled", "", "closed", "labelled", "packing", "", "labelled", "closed", "packing")
DECLINES = ("not_entitled", "has_one", "other_help", "no_answer", "own_wish", "not_entitled")
WITHDRAWN_FROM = ("received", "approved", "allocated")
KEPT_FOR = timedelta(days=settings.RETENTION_DAYS)  # then a request that came to nothing has lost its person


class Ending(NamedTuple):
    """Where a request stands in the end, the place of the working day that decides, and how it came there.

    `how` is, for an allocated one, how far its parcel has come; for a withdrawn one, where it stood; for a declined
    one, the reason; for an approved one, "released" if it had a laptop before, "windows" if it asks for Windows.
    """

    status: str
    day: int
    how: str = ""


class PlannedRequest(NamedTuple):
    """What is to happen to a request. `price` in CHF; times are None for what is not to happen."""

    key: int
    status: str
    partner: int
    bill_to: int
    commune: int
    owner: int
    approver: int
    dispatcher: int
    closer: int
    case_reference: str
    purpose: str
    system: str
    keyboard: str
    delivery: str
    price: Decimal | None
    form_token: UUID
    first_name: str
    last_name: str
    birth_year: int
    street: str
    house_number: str
    postcode: str
    town: str
    mobile: str
    language: str
    received_at: datetime
    approved_at: datetime | None = None
    allocated_at: datetime | None = None
    released_at: datetime | None = None
    packed_at: datetime | None = None
    labelled_at: datetime | None = None
    closed_at: datetime | None = None
    handed_over_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None
    end_verb: str = ""
    end_from: str = ""
    ended_by: int | None = None
    end_reason: str = ""
    erased_at: datetime | None = None


Plan = tuple[PlannedRequest, PlannedLaptop | None]


class Planner:
    """Plans requests, the same for the same seed and day."""

    def __init__(self, rng: Random, calendar: Calendar, staff: Staff, workshop: Workshop) -> None:
        self.rng, self.calendar, self.staff, self.workshop = rng, calendar, staff, workshop
        self.arrived_days = [day for day in calendar.dispatch_days if day + 3 <= calendar.last]
        self.planned = 0

    def plan_many(self, number: int, clients: list[Client]) -> Iterator[Plan]:
        """So many requests of these organisations, in every state, each with the laptop it is given, if any."""
        weights = list(accumulate(client.organisation.weight for client in clients))
        statuses = [
            status for status, (share, least) in ENDINGS.items() for _n in range(max(round(share * number), least))
        ]
        statuses += ["delivered"] * (number - len(statuses))
        seen: dict[str, int] = {}
        for status in statuses[:number]:
            nth = seen[status] = seen.get(status, -1) + 1
            client = self.rng.choices(clients, cum_weights=weights)[0]
            yield self.plan(client, getattr(self, f"_some_{status}")(nth))

    def plan(self, client: Client, ending: Ending, *, payer: int | None = None) -> Plan:
        """One request with the laptop it is given, if any; `payer` is the place of who pays in the organisation."""
        times, laptop_by = getattr(self, f"_{ending.status}")(ending)
        wish = self._wish(client, times, ending)
        if payer is not None:
            wish["bill_to"] = client.bill_tos[payer].pk
        who = self._person(client, wish["delivery"])
        if verb := times.get("end_verb"):
            times["ended_by"] = self._ended_by(verb, wish)
        came_to_nothing = ending.status in ("declined", "withdrawn", "rejected")
        if came_to_nothing and times["ended_at"] + KEPT_FOR < self.calendar.now:
            times["erased_at"] = times["ended_at"] + KEPT_FOR
        self.planned += 1
        request = PlannedRequest(
            key=self.planned, status=ending.status, partner=client.partner.pk, **wish, **who, **times
        )
        if request.allocated_at is None:
            return request, None
        kept_as = {"allocated": "reserved", "delivered": "shipped"}.get(ending.status, ending.status)
        return request, self.workshop.for_request(
            request.key,
            status="ready" if request.released_at else kept_as,
            system=request.system,
            keyboard=request.keyboard,
            by_place=laptop_by,
        )

    def _wish(self, client: Client, times: dict[str, Any], ending: Ending) -> dict[str, Any]:
        rng, organisation = self.rng, client.organisation
        purpose = rng.choices(("school", "training", "job_search", "everyday"), (30, 34, 20, 16))[0]
        if ending.how == "windows":
            purpose = "training"
        wants_windows = purpose == "training" and (rng.random() < 0.2 or ending.how == "windows")
        is_romance = organisation.language != "de"
        delivery = organisation.delivery if rng.random() < 0.85 else rng.choice(("person", "office"))
        bill_to = client.bill_tos[0] if rng.random() < 0.55 else rng.choice(client.bill_tos)
        owner = rng.choice(client.workers)
        approver = owner if rng.random() < 0.7 else rng.choice(client.workers)
        dispatchers = self.staff.dispatchers
        return {
            "bill_to": bill_to.pk,
            "owner": owner.pk,
            "approver": approver.pk,
            "dispatcher": (dispatchers[0] if rng.random() < 0.7 else rng.choice(dispatchers)).pk,
            "closer": rng.choice(self.staff.volunteers).pk,
            "case_reference": f"{organisation.prefix}-{times['received_at'].year}-{rng.randrange(120, 9999):04}",
            "purpose": purpose,
            "system": "windows" if wants_windows else "linux",
            "keyboard": "ch-fr" if is_romance and rng.random() < 0.9 else "ch-de",
            "delivery": delivery,
            "price": PRICES[organisation.tier, delivery] if times.get("approved_at") else None,
            "form_token": UUID(int=rng.getrandbits(128), version=4),
        }

    def _person(self, client: Client, delivery: str) -> dict[str, Any]:
        """Who it is for; where the parcel goes to the office, its address stands in for the person's."""
        rng, region, partner = self.rng, client.organisation.language, client.partner
        area = rng.choice(client.areas) if rng.random() < 0.4 else client.areas[0]
        place = rng.choices(area.places, area.shares)[0]
        who = person(rng, region)
        road, house_number = street(rng, region)
        has_mobile = rng.random() < 0.6
        to_person = delivery == "person"
        return {
            "commune": area.commune.pk,
            "first_name": who.first_name,
            "last_name": who.last_name,
            "birth_year": self.calendar.today.year - rng.randrange(8, 68),
            "street": road if to_person else partner.street,
            "house_number": house_number if to_person else partner.house_number,
            "postcode": place.postcode if to_person else partner.postcode,
            "town": place.name[:35] if to_person else partner.town,
            "mobile": f"+417955501{rng.randrange(100):02}" if has_mobile else "",
            "language": who.language,
        }

    def _ended_by(self, verb: str, wish: dict[str, Any]) -> int:
        if verb == "reject":
            return self.staff.admin.pk
        return wish["approver"] if verb in ("decline", "withdraw") else wish["dispatcher"]

    # For each status: what happens when, and the working day on which a laptop must be ready.

    def _delivered(self, ending: Ending) -> tuple[dict[str, Any], int]:
        rng, calendar = self.rng, self.calendar
        times, allocated = self._up_to_hand_over(ending.day)
        arrived = ending.day + rng.choice((1, 1, 1, 2, 2, 3))
        return times | {"delivered_at": calendar.moment(rng, arrived, 8.5, 13)}, allocated

    def _shipped(self, ending: Ending) -> tuple[dict[str, Any], int]:
        return self._up_to_hand_over(ending.day)

    def _lost(self, ending: Ending) -> tuple[dict[str, Any], int]:
        return self._gone("record_loss", ending.day, self.rng.randrange(7, 11))

    def _returned(self, ending: Ending) -> tuple[dict[str, Any], int]:
        return self._gone("record_return", ending.day, self.rng.randrange(4, 9))

    def _gone(self, verb: str, out: int, days: int) -> tuple[dict[str, Any], int]:
        times, allocated = self._up_to_hand_over(out)
        ended_at = self.calendar.moment(self.rng, out + days, 9, 16)
        return times | {"ended_at": ended_at, "end_verb": verb, "end_from": "shipped"}, allocated

    def _allocated(self, ending: Ending) -> tuple[dict[str, Any], int]:
        """Kept; of those whose parcel is begun, it was begun yesterday."""
        rng, calendar = self.rng, self.calendar
        times = self._up_to_allocation(ending.day)
        if ending.how:
            times["packed_at"] = calendar.moment(rng, calendar.last, 8.25, 11)
        if ending.how in ("labelled", "closed"):
            times["labelled_at"] = times["packed_at"] + timedelta(seconds=rng.randrange(2, 9))
        if ending.how == "closed":
            times["closed_at"] = calendar.moment(rng, calendar.last, 13, 15)
        return times, ending.day

    def _approved(self, ending: Ending) -> tuple[dict[str, Any], int | None]:
        """In the queue; now and then a laptop was given and taken back."""
        rng, calendar = self.rng, self.calendar
        if ending.how != "released":
            return self._up_to_approval(ending.day), None
        times = self._up_to_allocation(ending.day)
        return times | {"released_at": calendar.moment(rng, ending.day + 1, 9, 12)}, ending.day

    def _received(self, ending: Ending) -> tuple[dict[str, Any], None]:
        return {"received_at": self.calendar.moment(self.rng, ending.day)}, None

    def _declined(self, ending: Ending) -> tuple[dict[str, Any], None]:
        rng, calendar = self.rng, self.calendar
        return {
            "received_at": calendar.moment(rng, ending.day),
            "ended_at": calendar.moment(rng, ending.day + rng.randrange(1, 8)),
            "end_verb": "decline",
            "end_from": "received",
            "end_reason": ending.how,
        }, None

    def _rejected(self, ending: Ending) -> tuple[dict[str, Any], None]:
        rng, calendar = self.rng, self.calendar
        ended_at = calendar.moment(rng, ending.day + rng.randrange(1, 6))
        times = self._up_to_approval(ending.day)
        ended = {"ended_at": ended_at, "end_verb": "reject", "end_from": "approved", "end_reason": "nothing_suits"}
        return times | ended, None

    def _withdrawn(self, ending: Ending) -> tuple[dict[str, Any], int | None]:
        """Taken back before it was examined, while it waited, or when a laptop was kept already."""
        rng, calendar = self.rng, self.calendar
        ended_at = calendar.moment(rng, ending.day + 3)
        end = {"ended_at": ended_at, "end_verb": "withdraw", "end_from": ending.how}
        if ending.how == "received":
            return {"received_at": calendar.moment(rng, ending.day)} | end, None
        if ending.how == "approved":
            return self._up_to_approval(ending.day) | end, None
        return self._up_to_allocation(ending.day) | {"released_at": ended_at} | end, ending.day

    def _up_to_approval(self, approved: int) -> dict[str, Any]:
        """Received and approved: often in one go, else after some days of examining."""
        rng, calendar = self.rng, self.calendar
        if rng.random() < 0.4 or approved < 7:
            received_at = calendar.moment(rng, approved, 8, 16.5)
            return {"received_at": received_at, "approved_at": received_at + timedelta(seconds=rng.randrange(40, 2400))}
        received_at = calendar.moment(rng, approved - rng.randrange(1, 7), 8, 16.5)
        return {"received_at": received_at, "approved_at": calendar.moment(rng, approved, 8, 17)}

    def _up_to_allocation(self, allocated: int) -> dict[str, Any]:
        rng, calendar = self.rng, self.calendar
        times = self._up_to_approval(max(allocated - rng.randrange(2, 14), 0))
        return times | {"allocated_at": calendar.moment(rng, allocated, 13, 15)}

    def _up_to_hand_over(self, out: int) -> tuple[dict[str, Any], int]:
        """Packed and labelled in the morning, closed by two scans after noon, handed over before the van leaves."""
        rng, calendar = self.rng, self.calendar
        allocated = max(out - rng.randrange(1, 5), 0)
        packed_at = calendar.moment(rng, out, 8.25, 11.5)
        return self._up_to_allocation(allocated) | {
            "packed_at": packed_at,
            "labelled_at": packed_at + timedelta(seconds=rng.randrange(2, 9)),
            "closed_at": calendar.moment(rng, out, 13, 15.2),
            "handed_over_at": calendar.moment(rng, out, 15.4, 16.25),
        }, allocated

    # For each status: the n-th of those that chance decides on.

    def _some_delivered(self, nth: int) -> Ending:
        return Ending("delivered", self.rng.choice(self.arrived_days))

    def _some_shipped(self, nth: int) -> Ending:
        return Ending("shipped", self.rng.choice(self.calendar.dispatch_days[-2:]))

    def _some_lost(self, nth: int) -> Ending:
        return Ending("lost", self._out_before(self.calendar.days_ago(10)))

    def _some_returned(self, nth: int) -> Ending:
        return Ending("returned", self._out_before(self.calendar.days_ago(8)))

    def _out_before(self, place: int) -> int:
        return self.rng.choice([day for day in self.calendar.dispatch_days if day <= place])

    def _some_allocated(self, nth: int) -> Ending:
        how = PARCELS[nth % len(PARCELS)] if nth < 2 * len(PARCELS) else ""
        return Ending("allocated", self.calendar.days_ago(1 + nth % 2 if how else self.rng.randrange(0, 3)), how)

    def _some_approved(self, nth: int) -> Ending:
        if nth % 9 == 8:
            return Ending("approved", self.calendar.days_ago(self.rng.randrange(3, 6)), "released")
        return Ending("approved", self.calendar.days_ago(self.rng.randrange(0, 16)), "windows" if nth % 5 == 4 else "")

    def _some_received(self, nth: int) -> Ending:
        return Ending("received", self.calendar.days_ago(self.rng.randrange(0, 7)))

    def _some_declined(self, nth: int) -> Ending:
        return Ending("declined", self.rng.randrange(0, self.calendar.last - 8), DECLINES[nth % len(DECLINES)])

    def _some_rejected(self, nth: int) -> Ending:
        return Ending("rejected", self.rng.randrange(8, self.calendar.last - 6))

    def _some_withdrawn(self, nth: int) -> Ending:
        return Ending(
            "withdrawn", self.rng.randrange(25, self.calendar.last - 4), WITHDRAWN_FROM[nth % len(WITHDRAWN_FROM)]
        )
