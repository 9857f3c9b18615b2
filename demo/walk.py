"""Some forty requests walk: each step is taken by the action that people use, at its own time.

They are those of the organisations whose people sign in to the demo, so that what a visitor opens was made by the
real actions. They cover every state of a request, of a laptop, of a parcel and of an invoice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple, cast

from billing import actions as billing_actions
from billing.models import Invoice
from devices import actions as device_actions
from devices.checklist import POINTS
from devices.models import Device, Drive, Erasure
from jobs import actions as job_actions
from jobs.models import ATTEMPTS, Claim, Job, job_subject
from people.models import User
from records import clock
from requests import actions as request_actions
from requests.models import DeviceRequest
from shipping import actions as shipping_actions
from shipping.models import Shipment

from .calendar import Calendar
from .closings import Closing
from .intake import ask_by_link
from .laptops import PlannedLaptop
from .papers import proof
from .partners import Client
from .plans import Ending, PlannedRequest, Planner

LABEL_FAILS = "label fails"  # how far the parcel has come whose label was given up
GAVE_UP = "OSError: [Errno 28] No space left on device"
STOCK = ("received", "erased", "ready", "ready", "repair", "missing", "scrapped", "passed_on")
# Of the last closed month: whose invoice, by organisation and place among its payers, was issued later than the rest,
# and whose is still a draft.
HELD, KEPT = {("muster", 0), ("autre", 0)}, {("muster", 1)}

Act = Callable[[], object]
Step = tuple[datetime, Act]


class Walked(NamedTuple):
    """A request that walks: of which organisation, who pays by its place there, and where it ends."""

    organisation: str
    payer: int
    ending: Ending


def walked_requests(calendar: Calendar) -> list[Walked]:
    """The requests that walk. Three months are closed; the last month is over and waits for the treasurer."""
    first, second, third = calendar.closed_months
    last, out_of, ago = calendar.last_month, calendar.nth_dispatch_day, calendar.days_ago
    out_before, vans = calendar.dispatch_day_before, calendar.dispatch_days
    return [
        Walked("muster", 0, Ending("delivered", out_of(first, 1))),
        Walked("autre", 0, Ending("delivered", out_of(first, 2))),
        Walked("muster", 1, Ending("delivered", out_of(first, 3))),
        Walked("muster", 2, Ending("delivered", out_of(first, 5))),
        Walked("autre", 1, Ending("delivered", out_of(first, 6))),
        Walked("muster", 0, Ending("delivered", out_of(second, 2))),
        Walked("muster", 1, Ending("delivered", out_of(second, 2))),
        Walked("autre", 0, Ending("delivered", out_of(second, 3))),
        Walked("muster", 2, Ending("delivered", out_of(second, 4))),
        Walked("autre", 1, Ending("delivered", out_of(second, 5))),
        Walked("muster", 0, Ending("delivered", out_of(third, 1))),
        Walked("autre", 0, Ending("delivered", out_of(third, 3))),
        Walked("muster", 0, Ending("delivered", out_of(third, 4))),
        Walked("muster", 1, Ending("delivered", out_of(third, 5))),
        Walked("autre", 1, Ending("delivered", out_of(third, 5))),
        Walked("muster", 2, Ending("delivered", out_of(third, 6))),
        Walked("muster", 0, Ending("delivered", out_of(last, 1))),
        Walked("muster", 1, Ending("delivered", out_of(last, 2))),
        Walked("autre", 0, Ending("delivered", out_of(last, 3))),
        Walked("muster", 0, Ending("delivered", out_of(last, 5))),
        Walked("autre", 1, Ending("lost", out_before(ago(14)))),
        Walked("muster", 0, Ending("lost", out_before(ago(12)))),
        Walked("muster", 1, Ending("returned", out_before(ago(10)))),
        Walked("autre", 0, Ending("shipped", vans[-2])),
        Walked("muster", 0, Ending("shipped", vans[-1])),
        Walked("muster", 0, Ending("allocated", ago(2), "closed")),
        Walked("autre", 0, Ending("allocated", ago(2), "labelled")),
        Walked("muster", 1, Ending("allocated", ago(1), "labelled")),
        Walked("muster", 0, Ending("allocated", ago(1), "packing")),
        Walked("muster", 2, Ending("allocated", ago(1), LABEL_FAILS)),
        Walked("muster", 0, Ending("allocated", ago(0))),
        Walked("muster", 0, Ending("approved", ago(12), "windows")),
        Walked("muster", 1, Ending("approved", ago(5), "released")),
        Walked("autre", 0, Ending("approved", ago(4))),
        Walked("muster", 0, Ending("approved", ago(2))),
        Walked("muster", 0, Ending("received", ago(3))),
        Walked("autre", 0, Ending("received", ago(1))),
        Walked("muster", 0, Ending("received", ago(0))),
        Walked("autre", 0, Ending("declined", ago(30), "has_one")),
        Walked("muster", 0, Ending("declined", ago(20), "not_entitled")),
        Walked("muster", 0, Ending("rejected", ago(15))),
        Walked("autre", 0, Ending("withdrawn", ago(25), "allocated")),
        Walked("muster", 0, Ending("withdrawn", ago(18), "approved")),
        Walked("muster", 0, Ending("withdrawn", ago(13), "received")),
    ]


class Walk:
    """All that walks, planned when it is made, and taken step by step in the order of time by `take`."""

    def __init__(self, planner: Planner, clients: list[Client], closings: list[Closing]) -> None:
        calendar, staff = planner.calendar, planner.staff
        by_slug = {client.organisation.slug: client for client in clients}
        people = {user.pk: user for user in (staff.admin, *staff.dispatchers, *staff.volunteers)}
        self.steps: list[Step] = []
        self.number = 0
        for slug, payer, ending in walked_requests(calendar):
            client = by_slug[slug]
            planned, planned_laptop = planner.plan(client, ending, payer=payer)
            acting = people | {user.pk: user for user in client.workers}
            request = WalkingRequest(planned, client, acting, label_fails=ending.how == LABEL_FAILS)
            self.steps += request.steps()
            if planned_laptop:
                request.laptop = WalkingLaptop(planned_laptop, acting)
                self.steps += request.laptop.steps()
            self.number += 1
        self.steps.append((calendar.now - timedelta(hours=1), partial(ask_by_link, by_slug["muster"])))
        self.number += 1
        for status in STOCK:
            self.steps += WalkingLaptop(planner.workshop.in_stock(status), people).steps()
        books = WalkingBooks(by_slug, staff.treasurer)
        self.steps += books.steps(closings, calendar.moment(planner.rng, calendar.held_until, 11, 16))

    def take(self, before_each: Callable[[datetime], None]) -> None:
        """Take all steps, each at its own time; before each, the others are let have the numbers up to then."""
        for moment, act in sorted(self.steps, key=lambda step: step[0]):
            before_each(moment)
            with clock.set_to(moment):
                act()


def _planned(*steps: tuple[datetime | None, Act]) -> list[Step]:
    """Those of the steps that are to be taken at all."""
    return [(moment, act) for moment, act in steps if moment]


@dataclass
class WalkingLaptop:
    """A laptop on its way through the workshop."""

    plan: PlannedLaptop
    people: dict[int, User]
    device: Device = field(init=False)

    def steps(self) -> list[Step]:
        """What happens to it here, and when."""
        plan, erase = self.plan, self.record_erasure
        return _planned(
            (plan.received_at, self.receive),
            (plan.failed_at, partial(erase, Erasure.Result.FAILED)),
            (plan.erased_at, partial(erase, Erasure.Result.SUCCESS)),
            (plan.ready_at, self.mark_ready),
            (plan.ended_at, self.end),
        )

    def receive(self) -> None:
        plan = self.plan
        kind = {"kind": plan.drive_kind, "size_gb": plan.drive_size}
        self.device, _is_new = device_actions.receive(
            asset_tag=plan.asset_tag,
            by=self.people[plan.receiver],
            drives=[{"serial": serial, **kind} for serial in plan.serials.split()],
            maker=plan.maker,
            model=plan.model,
            memory_gb=plan.memory_gb,
            system=plan.system,
            keyboard=plan.keyboard,
        )

    def record_erasure(self, result: str) -> None:
        method = Erasure.Method.CLEAR if self.plan.drive_kind == Drive.Kind.HDD else Erasure.Method.PURGE
        for drive in self.device.drives.all():
            device_actions.record_erasure(drive, result=result, method=method, by=self.people[self.plan.eraser])

    def mark_ready(self) -> None:
        plan = self.plan
        device_actions.mark_ready(
            self.device, points=list(POINTS), grade=plan.grade, shelf=plan.shelf, by=self.people[plan.checker]
        )

    def end(self) -> None:
        act = getattr(device_actions, self.plan.end_verb)  # repair, report_missing, scrap or pass_on
        act(self.device, by=self.people[self.plan.receiver])


@dataclass
class WalkingRequest:
    """A request on its way, with the laptop it is given and its parcel."""

    plan: PlannedRequest
    client: Client
    people: dict[int, User]
    label_fails: bool
    laptop: WalkingLaptop = field(init=False)
    request: DeviceRequest = field(init=False)
    shipment: Shipment = field(init=False)

    def steps(self) -> list[Step]:
        """What happens to it, and when; a laptop is set free by the way when its request is withdrawn."""
        plan = self.plan
        return _planned(
            (plan.received_at, self.receive),
            (plan.approved_at, self.approve),
            (plan.allocated_at, self.allocate),
            (plan.released_at if plan.status == "approved" else None, self.release),
            (plan.packed_at, self.pack),
            (plan.packed_at if self.label_fails else None, self.fail_at_label),
            (plan.labelled_at, self.make_label),
            (plan.closed_at, self.close_parcel),
            (plan.handed_over_at, self.hand_over),
            (plan.delivered_at, self.record_delivery),
            (plan.ended_at, self.end),
        )

    @property
    def dispatcher(self) -> User:
        return self.people[self.plan.dispatcher]

    def receive(self) -> None:
        plan, client = self.plan, self.client
        person = ("first_name", "last_name", "birth_year", "mobile", "language")
        address = ("street", "house_number", "postcode", "town")
        asked = person if plan.delivery == "office" else person + address  # the form doesn't ask where it is known
        wish = ("case_reference", "purpose", "system", "keyboard", "delivery")
        self.request = request_actions.receive(
            partner=client.partner,
            owner=self.people[plan.owner],
            recipient={name: getattr(plan, name) for name in asked},
            form_token=plan.form_token,
            proof=request_actions.keep_proof(proof()) if plan.system == Device.System.WINDOWS else None,
            commune=next(area.commune for area in client.areas if area.commune.pk == plan.commune),
            bill_to=next(bill_to for bill_to in client.bill_tos if bill_to.pk == plan.bill_to),
            **{name: getattr(plan, name) for name in wish},
        )

    def approve(self) -> None:
        request_actions.approve(self.request, by=self.people[self.plan.approver])

    def allocate(self) -> None:
        request_actions.allocate(self.request, self.laptop.device, by=self.dispatcher)

    def release(self) -> None:
        request_actions.release(self.request, by=self.dispatcher)

    def pack(self) -> None:
        self.shipment = shipping_actions.pack(self.request.allocations.live().get(), by=self.dispatcher)

    def make_label(self) -> None:
        job_actions.run(self._label_job().pk)

    def fail_at_label(self) -> None:
        """Let the job try until it is given up; in the demo, the admin has it tried again."""
        for _attempt in range(ATTEMPTS):
            job = self._label_job()
            with clock.set_to(job.due_at):
                claim = cast(Claim, job.claim())  # nobody else is there to take it
                claim.fail(GAVE_UP)

    def _label_job(self) -> Job:
        return Job.objects.get(kind=shipping_actions.MAKE_LABEL, subject=job_subject(self.shipment))

    def close_parcel(self) -> None:
        closer = self.people[self.plan.closer]
        shipping_actions.close_parcel(self.shipment, device_code=self.shipment.device.number, by=closer)

    def hand_over(self) -> None:
        shipping_actions.hand_over(self.shipment, by=self.dispatcher)

    def record_delivery(self) -> None:
        shipping_actions.record_delivery(self.shipment, by=None)  # the post says so

    def end(self) -> None:
        plan, by = self.plan, self.people[cast(int, self.plan.ended_by)]
        if plan.end_verb in ("decline", "reject"):
            getattr(request_actions, plan.end_verb)(self.request, reason=plan.end_reason, by=by)
        elif plan.end_verb == "withdraw":
            request_actions.withdraw(self.request, by=by)
        else:
            getattr(shipping_actions, plan.end_verb)(self.shipment, by=by)  # record_loss, record_return


@dataclass
class WalkingBooks:
    """The treasurer at the end of each month."""

    clients: dict[str, Client]
    treasurer: User

    def steps(self, closings: list[Closing], held_until: datetime) -> Iterator[Step]:
        """Each month is closed and issued on the same day but for a few invoices of the last one."""
        months = {closing.cut_off: closing for closing in closings if closing.cadence == "month"}
        last = max(months.values())
        for closing in months.values():
            yield closing.closed_at, partial(self.close_month, closing.period)
            yield closing.issued_at, partial(self.issue, but=self._bill_tos(HELD | KEPT) if closing == last else set())
        yield held_until, partial(self.issue, but=self._bill_tos(KEPT))

    def _bill_tos(self, payers: set[tuple[str, int]]) -> set[int]:
        return {self.clients[slug].bill_tos[payer].pk for slug, payer in payers}

    def close_month(self, month: date) -> None:
        billing_actions.close_month(month, by=self.treasurer)

    def issue(self, but: set[int]) -> None:
        """Issue all drafts, but those of some units."""
        for draft in Invoice.objects.drafts().exclude(bill_to__in=but).order_by("pk"):
            billing_actions.issue(draft, by=self.treasurer)
