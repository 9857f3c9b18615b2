"""What happens to each request of the demo, from the first word to the doorstep or a side exit; pure.

A story is told backwards from where it ends: a parcel goes out on a dispatch day, so it was allocated some working
days before and approved before that. `writing` and `trails` lay it out in the tables.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import NamedTuple
from uuid import UUID

from .hours import Calendar
from .laptops import Laptop, Workshop
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
# How far the parcels of the allocated ones have come, in turn; the rest of them is not packed yet.
PACKED = ("closed", "packing", "labelled", "", "closed", "labelled", "packing", "", "labelled", "closed", "packing") * 2
DECLINES = ("not_entitled", "has_one", "other_help", "no_answer", "own_wish", "not_entitled")
KEPT_FOR = timedelta(days=90)  # then a request that came to nothing has lost its person


class Cast(NamedTuple):
    """The association's people in the stories, by key."""

    admin: int
    dispatchers: list[int]
    volunteers: list[int]


class Story(NamedTuple):
    """One row of the table `story_told`. `price` in CHF; times are empty for what did not happen."""

    n: int
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
    end_verb: str | None = None
    end_from: str | None = None
    ended_by: int | None = None
    end_reason: str | None = None
    erased_at: datetime | None = None


class Teller:
    """Tells as many stories as wanted, the same for the same seed and day."""

    def __init__(self, rng: Random, calendar: Calendar, clients: list[Client], cast: Cast, workshop: Workshop):
        self.rng, self.calendar, self.cast, self.workshop = rng, calendar, cast, workshop
        self.clients = clients
        self.weights = list(accumulate(client.organisation.weight for client in clients))
        self.arrived_days = [day for day in calendar.dispatch_days if day + 3 <= calendar.last]

    def tell(self, number: int) -> Iterator[tuple[Story, Laptop | None]]:
        """Each request, with the laptop it was given, if any."""
        endings = [
            status for status, (share, least) in ENDINGS.items() for _n in range(max(round(share * number), least))
        ]
        endings += ["delivered"] * (number - len(endings))
        seen: dict[str, int] = {}
        for n, status in enumerate(endings[:number], 1):
            turn = seen[status] = seen.get(status, -1) + 1
            yield self._story(n, status, turn)

    def _client(self, status, turn):
        """The first of each ending is told of the first organisation, which is the one to look around in."""
        if turn == 0 or (status == "allocated" and turn < 3):
            return self.clients[0]
        return self.rng.choices(self.clients, cum_weights=self.weights)[0]

    def _story(self, n, status, turn):
        client = self._client(status, turn)
        way, place = getattr(self, f"_{status}")(turn)
        wish = self._wish(client, way, status, turn)
        who = self._person(client, wish["delivery"])
        if verb := way.get("end_verb"):
            way["ended_by"] = self._ended_by(verb, wish)
        if status in ("declined", "withdrawn", "rejected") and way["ended_at"] + KEPT_FOR < self.calendar.now:
            way["erased_at"] = way["ended_at"] + KEPT_FOR
        story = Story(n=n, status=status, partner=client.partner.pk, **wish, **who, **way)
        if story.allocated_at is None:
            return story, None
        is_free = story.released_at is not None
        stands = "ready" if is_free else {"allocated": "reserved", "delivered": "shipped"}.get(status, status)
        return story, self.workshop.for_story(
            n, status=stands, system=story.system, keyboard=story.keyboard, by_place=place
        )

    def _wish(self, client, way, status, turn):
        rng, organisation = self.rng, client.organisation
        purpose = rng.choices(("school", "training", "job_search", "everyday"), (30, 34, 20, 16))[0]
        if status == "approved" and turn % 5 == 4:
            purpose = "training"
        wants_windows = purpose == "training" and (rng.random() < 0.2 or (status == "approved" and turn % 5 == 4))
        is_romance = organisation.language != "de"
        delivery = organisation.delivery if rng.random() < 0.85 else rng.choice(("person", "office"))
        bill_tos = client.bill_tos
        owner = rng.choice(client.workers)
        return {
            "bill_to": bill_tos[0] if rng.random() < 0.55 else rng.choice(bill_tos),
            "owner": owner,
            "approver": owner if rng.random() < 0.7 else rng.choice(client.workers),
            "dispatcher": self.cast.dispatchers[0] if rng.random() < 0.7 else rng.choice(self.cast.dispatchers),
            "closer": rng.choice(self.cast.volunteers),
            "case_reference": f"{organisation.prefix}-{way['received_at'].year}-{rng.randrange(120, 9999):04}",
            "purpose": purpose,
            "system": "windows" if wants_windows else "linux",
            "keyboard": "ch-fr" if is_romance and rng.random() < 0.9 else "ch-de",
            "delivery": delivery,
            "price": PRICES[organisation.tier, delivery] if way.get("approved_at") else None,
            "form_token": UUID(int=rng.getrandbits(128), version=4),
        }

    def _person(self, client, delivery):
        rng, region = self.rng, client.organisation.language
        commune, places, shares = rng.choice(client.communes) if rng.random() < 0.4 else client.communes[0]
        place = rng.choices(places, shares)[0]
        who = person(rng, region)
        road, house_number = street(rng, region)
        has_mobile = rng.random() < 0.6
        to_person = delivery == "person"
        return {
            "commune": commune,
            "first_name": who.first_name,
            "last_name": who.last_name,
            "birth_year": self.calendar.today.year - rng.randrange(8, 68),
            "street": road if to_person else "",
            "house_number": house_number if to_person else "",
            "postcode": place.postcode if to_person else "",
            "town": place.name[:35] if to_person else "",
            "mobile": f"+417955501{rng.randrange(100):02}" if has_mobile else "",
            "language": who.language,
        }

    def _ended_by(self, verb, wish):
        if verb == "reject":
            return self.cast.admin
        return wish["approver"] if verb in ("decline", "withdraw") else wish["dispatcher"]

    # Each ending: what happened when, and the working day on which a laptop had to be ready.

    def _beginning(self, approved: int) -> dict:
        """Received and approved: often in one go, else after some days of examining."""
        rng, calendar = self.rng, self.calendar
        if rng.random() < 0.4 or approved < 7:
            received_at = calendar.moment(rng, approved, 8, 16.5)
            return {"received_at": received_at, "approved_at": received_at + timedelta(seconds=rng.randrange(40, 2400))}
        received_at = calendar.moment(rng, approved - rng.randrange(1, 7), 8, 16.5)
        return {"received_at": received_at, "approved_at": calendar.moment(rng, approved, 8, 17)}

    def _up_to_allocation(self, allocated: int) -> dict:
        rng, calendar = self.rng, self.calendar
        way = self._beginning(max(allocated - rng.randrange(2, 14), 0))
        return way | {"allocated_at": calendar.moment(rng, allocated, 13, 15)}

    def _up_to_hand_over(self, out: int) -> tuple[dict, int]:
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

    def _delivered(self, turn):
        rng, calendar = self.rng, self.calendar
        way, place = self._up_to_hand_over(out := rng.choice(self.arrived_days))
        return way | {"delivered_at": calendar.moment(rng, out + rng.choice((1, 1, 1, 2, 2, 3)), 8.5, 13)}, place

    def _shipped(self, turn):
        return self._up_to_hand_over(self.rng.choice(self.calendar.dispatch_days[-2:]))

    def _lost(self, turn):
        return self._gone("record_loss", self.rng.randrange(7, 11))

    def _returned(self, turn):
        return self._gone("record_return", self.rng.randrange(4, 9))

    def _gone(self, verb, days):
        rng, calendar = self.rng, self.calendar
        out = rng.choice([day for day in calendar.dispatch_days if day + days <= calendar.last])
        way, place = self._up_to_hand_over(out)
        ended_at = calendar.moment(rng, out + days, 9, 16)
        return way | {"ended_at": ended_at, "end_verb": verb, "end_from": "shipped"}, place

    def _allocated(self, turn):
        rng, calendar = self.rng, self.calendar
        allocated = calendar.last - rng.randrange(0, 3)
        way = self._up_to_allocation(allocated)
        stands = PACKED[turn] if turn < len(PACKED) else ""
        if stands:
            allocated = calendar.last - 1 - turn % 2
            way = self._up_to_allocation(allocated)
            way["packed_at"] = calendar.moment(rng, calendar.last, 8.25, 11)
        if stands in ("labelled", "closed"):
            way["labelled_at"] = way["packed_at"] + timedelta(seconds=rng.randrange(2, 9))
        if stands == "closed":
            way["closed_at"] = calendar.moment(rng, calendar.last, 13, 15)
        return way, allocated

    def _approved(self, turn):
        """In the queue; now and then a laptop was given and taken back."""
        rng, calendar = self.rng, self.calendar
        if turn % 9 == 8:
            allocated = calendar.last - rng.randrange(3, 6)
            way = self._up_to_allocation(allocated)
            return way | {"released_at": calendar.moment(rng, allocated + 1, 9, 12)}, allocated
        return self._beginning(calendar.last - rng.randrange(0, 16)), None

    def _received(self, turn):
        calendar = self.calendar
        return {"received_at": calendar.moment(self.rng, calendar.last - self.rng.randrange(0, 7))}, None

    def _declined(self, turn):
        rng, calendar = self.rng, self.calendar
        received = rng.randrange(0, calendar.last - 8)
        return {
            "received_at": calendar.moment(rng, received),
            "ended_at": calendar.moment(rng, received + rng.randrange(1, 8)),
            "end_verb": "decline",
            "end_from": "received",
            "end_reason": DECLINES[turn % len(DECLINES)],
        }, None

    def _rejected(self, turn):
        rng, calendar = self.rng, self.calendar
        approved = rng.randrange(8, calendar.last - 6)
        ended_at = calendar.moment(rng, approved + rng.randrange(1, 6))
        return self._beginning(approved) | {"ended_at": ended_at, "end_verb": "reject", "end_from": "approved"}, None

    def _withdrawn(self, turn):
        """Taken back before it was examined, while it waited, or when a laptop was kept already."""
        rng, calendar = self.rng, self.calendar
        day = rng.randrange(25, calendar.last - 4)
        ended_at = calendar.moment(rng, day + 3)
        end = {"ended_at": ended_at, "end_verb": "withdraw"}
        if turn % 3 == 0:
            return {"received_at": calendar.moment(rng, day), "end_from": "received"} | end, None
        if turn % 3 == 1:
            return self._beginning(day) | {"end_from": "approved"} | end, None
        return self._up_to_allocation(day) | {"end_from": "allocated", "released_at": ended_at} | end, day
