"""What is found at a month's end: to charge, drafted, undecided, and what the bank reported."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from partners.models import BillTo
from people.models import User
from records import clock
from shipping.lifecycle import ShipmentStatus
from shipping.models import Shipment

from .charges_due import Due
from .lifecycle import InvoiceStatus
from .models import BankFile, BankTransaction, CreditorAccount, Invoice, NoCharge
from .periods import cut_off, month_after


@dataclass(frozen=True)
class MonthEnd:
    """Everything that the checklist of a month speaks of.

    `drafts` are with `parcels`, `late` and `is_held`; `account` is the one that would be printed today.
    """

    month: date
    dues: list[Due]
    drafts: list[Invoice]
    still_here: int
    undecided: list[Shipment]
    last_notification: BankFile | None
    bank_entries: int
    account: CreditorAccount | None

    @property
    def ready(self) -> list[Invoice]:
        """The drafts of this month, without those held back from an earlier one."""
        return [draft for draft in self.drafts if not draft.is_held]

    @property
    def held(self) -> list[Invoice]:
        return [draft for draft in self.drafts if draft.is_held]

    @property
    def due_parcels(self) -> int:
        return sum(due.parcels for due in self.dues)

    @property
    def due_total(self) -> Decimal:
        """In CHF."""
        return sum((due.total for due in self.dues), Decimal())

    @property
    def bill_tos(self) -> list[BillTo]:
        """Those who pay what is due or drafted."""
        due = {due.bill_to.pk: due.bill_to for due in self.dues}
        return list((due | {draft.bill_to_id: draft.bill_to for draft in self.drafts}).values())


def at_month_end(month: date, dues: list[Due], user: User) -> MonthEnd:
    """Look up what is found at the end of a month in which so much is due."""
    return MonthEnd(
        month=month,
        dues=dues,
        drafts=list(Invoice.objects.visible_to(user).drafts().until(month).with_parcels().order_by("pk")),
        still_here=still_here(month).count(),
        undecided=list(undecided(month).select_related("request").order_by("pk")),
        last_notification=BankFile.objects.notifications().first(),
        bank_entries=BankTransaction.objects.for_a_person().count(),
        account=CreditorAccount.objects.on(clock.today()),
    )


def still_here(month: date) -> QuerySet[Shipment]:
    """Parcels of a round up to a month's end, or begun by then without one, that are not handed over."""
    begun = Q(round__date__on__lt=month_after(month)) | Q(round=None, made_at__lt=cut_off(month))
    return Shipment.objects.in_house().filter(begun, allocation__released_at=None)


def undecided(month: date) -> QuerySet[Shipment]:
    """Parcels that came back or got lost, are not free, and are on no issued invoice."""
    return (
        Shipment.objects.filter(
            status__in=[ShipmentStatus.RETURNED, ShipmentStatus.LOST], handed_over_at__lt=cut_off(month)
        )
        .exclude(no_charges__in=NoCharge.objects.filter(revoked_at__isnull=True))
        .exclude(charges__invoice__status=InvoiceStatus.ISSUED)
    )
