"""What is found at a month's end: to charge, drafted, undecided, and what the bank reported."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from partners.models import BillTo
from people.models import User
from records import clock
from shipping.lifecycle import UNDECIDED
from shipping.models import Shipment
from web.counts import count_each

from .charges_due import Counted
from .lifecycle import InvoiceStatus
from .models import BankFile, BankTransaction, ChargeLine, CreditorAccount, Invoice, UnchargedParcel
from .periods import cut_off, month_after

NAMED = 3  # of what is odd; the rest is counted


@dataclass(frozen=True)
class Some:
    """How many there are, and the first few of them."""

    count: int
    first: list[Any]


@dataclass(frozen=True)
class Ready:
    """The drafts of a month, without those held back from an earlier one: how many and their sum in CHF.

    `fingerprint` tells whether they are the same drafts with the same sums as at another time.
    """

    count: int
    sum: Decimal
    fingerprint: str


@dataclass(frozen=True)
class MonthEnd:
    """Everything that the checklist of a month speaks of.

    `account` is the one that would be printed today; `units` are those who pay what is due or drafted.
    """

    month: date
    dues: list[Counted]
    ready: Ready
    ready_parcels: int
    held: Some
    issued: int
    still_here: int
    undecided: Some
    units: int
    without_email: Some
    last_notification: BankFile | None
    bank_entries: int
    account: CreditorAccount | None

    @property
    def drafts(self) -> int:
        return self.ready.count + self.held.count

    @property
    def due_parcels(self) -> int:
        return sum(due.parcels for due in self.dues)

    @property
    def due_total(self) -> Decimal:
        """In CHF."""
        return sum((due.total for due in self.dues), Decimal())


def at_month_end(month: date, dues: list[Counted], user: User) -> MonthEnd:
    """Look up what is found at the end of a month in which so much is due."""
    invoices = Invoice.objects.visible_to(user)
    drafts, ready = invoices.drafts().until(month), invoices.drafts().of_month(month)
    sums = Ready(**ready.sums())
    emails = {due.bill_to_id: due.has_email for due in dues}
    drafted = list(drafts.order_by().values_list("bill_to", "bill_to__email"))
    emails |= {bill_to: bool(email) for bill_to, email in drafted}
    charged = ChargeLine.objects.filter(invoice__in=ready.values("pk"))
    wanted = {
        "ready_parcels": charged if sums.count else charged.none(),
        "issued": invoices.issued().of_month(month),
        "still_here": still_here(month),
        "bank_entries": BankTransaction.objects.for_a_person(),
    }
    held = invoices.drafts().of_earlier_months(month).select_related("bill_to")
    return MonthEnd(
        month=month,
        dues=dues,
        ready=sums,
        held=_some(held) if len(drafted) > sums.count else Some(0, []),
        undecided=_some(undecided(month).select_related("request").only("request__number")),
        units=len(emails),
        without_email=_without(emails),
        last_notification=BankFile.objects.notifications().first(),
        account=CreditorAccount.objects.on(clock.today()),
        **count_each(wanted, limit=None),
    )


def _without(emails: dict[int, bool]) -> Some:
    """Of those who pay, the ones without an e-mail; a query only if there are any."""
    keys = sorted(key for key, has_email in emails.items() if not has_email)
    first = BillTo.objects.filter(pk__in=keys[:NAMED]).select_related("partner").order_by("pk")
    return Some(len(keys), list(first) if keys else [])


def _some(rows: QuerySet[Any]) -> Some:
    """Count rows and load the first few; one query."""
    first = list(rows.annotate(of_all=Window(Count("pk"))).order_by("pk")[:NAMED])
    return Some(first[0].of_all if first else 0, first)


def still_here(month: date) -> QuerySet[Shipment]:
    """Parcels of a round up to a month's end, or begun by then without one, that are not handed over."""
    begun = Q(round__date__on__lt=month_after(month)) | Q(round=None, made_at__lt=cut_off(month))
    return Shipment.objects.in_house().filter(begun, allocation__released_at=None)


def undecided(month: date) -> QuerySet[Shipment]:
    """Parcels that came back or got lost, are not free, and are on no issued invoice.

    These are still to be charged or on a draft, and looked for there: not among all that ever came back.
    """
    on_drafts = ChargeLine.objects.filter(invoice__status=InvoiceStatus.DRAFT).order_by().values("shipment")
    waiting = UnchargedParcel.objects.filter(is_undecided=True).values("shipment").union(on_drafts, all=True)
    return Shipment.objects.filter(
        pk__in=waiting,
        status__in=UNDECIDED,
        handed_over_at__lt=cut_off(month),
    ).exclude(charges__invoice__status=InvoiceStatus.ISSUED)
