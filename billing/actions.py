from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import BillTo
from people.lifecycle import Refused, note_many
from people.models import User
from requests.models import DeviceRequest

from .models import ChargeLine, Close, CreditorAccount, Invoice, Series
from .periods import cut_off, period_of
from .references import qr_reference

DAYS_TO_PAY = 30

# Neither a live charge nor a live NoCharge, handed over before the cut-off: late scans come along (decisions 1).
TO_BE_CHARGED = """
  FROM shipping_shipment s
  WHERE s.bill_to_id = %(bill_to)s AND s.handed_over_at < %(cut_off)s
    AND NOT EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
                    WHERE c.shipment_id = s.id AND k.shipment_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM billing_nocharge n WHERE n.shipment_id = s.id AND n.revoked_at IS NULL)
"""
CHARGE = f"""
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT %(invoice)s, s.partner_id, s.id,
       COALESCE((SELECT max(turn) + 1 FROM billing_chargeline c WHERE c.shipment_id = s.id), 0), s.price
{TO_BE_CHARGED} ORDER BY s.handed_over_at, s.id
ON CONFLICT (shipment_id, turn) DO NOTHING
"""


@dataclass(frozen=True)
class Due:
    """What closing would draft for one bill-to: parcels, sum in CHF, and how many of them were scanned late."""

    bill_to: BillTo
    parcels: int
    total: Decimal
    late: int


def dry_run(month: date) -> list[Due]:
    """What closing a month would do; nothing is written."""
    refuse_unfinished(month)
    found = []
    with connection.cursor() as cursor:
        for bill_to in _bill_tos(month):
            values = {"bill_to": bill_to.pk, "cut_off": cut_off(month), "first": cut_off(month) - timedelta(days=31)}
            cursor.execute(
                "SELECT count(*), COALESCE(sum(s.price), 0), count(*) FILTER (WHERE s.handed_over_at < %(first)s)"
                + TO_BE_CHARGED,
                values,
            )
            parcels, total, late = cursor.fetchone()
            if parcels:
                found.append(Due(bill_to, parcels, total, late))
    return found


def close_month(month: date, *, by: User | None) -> list[Invoice]:
    """Draft what is due up to a month's end, one transaction per bill-to; repeated, it changes nothing."""
    refuse_unfinished(month)
    drafts = (close(bill_to, month, by=by) for bill_to in _bill_tos(month))
    return [draft for draft in drafts if draft]


@transaction.atomic
def close(bill_to: BillTo, month: date, *, by: User | None) -> Invoice | None:
    """Draft one bill-to's parcels up to a month's end; None if nothing was due."""
    period = period_of(month, bill_to.cadence)
    if period is None:
        return None
    # Locked first, read after: two overlapping closes wait for each other here.
    BillTo.objects.select_for_update(no_key=True).get(pk=bill_to.pk)
    values = {"bill_to": bill_to.pk, "cut_off": cut_off(month)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 {TO_BE_CHARGED})", values)
        if not cursor.fetchone()[0]:
            return None
        draft, _is_new = Invoice.objects.get_or_create(
            bill_to=bill_to, period=period, request=None, status=Invoice.Status.DRAFT,
            defaults={"partner_id": bill_to.partner_id},
        )  # fmt: skip
        cursor.execute(CHARGE, {**values, "invoice": draft.pk})
    draft.total = draft.lines.aggregate(sum=Sum("amount"))["sum"]
    draft.save(update_fields=["total"])
    Close.objects.create(bill_to=bill_to, cut_off=cut_off(month), by=by)
    return draft


def refuse_unfinished(month: date) -> None:
    """A month can be closed once it is over."""
    if cut_off(month) > timezone.now():
        raise Refused(_("This month is not over yet."))


def _bill_tos(month):
    """Bill-to units with an unbilled parcel that is old enough, in the order they are locked."""
    return (
        BillTo.objects.filter(shipments__handed_over_at__lt=cut_off(month))
        .exclude(cadence=BillTo.Cadence.ORDER)
        .select_related("partner")
        .distinct()
        .order_by("pk")
    )


@transaction.atomic
def issue(invoice: Invoice, *, by: User) -> bool:
    """Give a draft the next number and freeze what is printed; False if it was issued by this very press."""
    invoice.lock()
    if invoice.status == Invoice.Status.DRAFT and not invoice.lines.exists():
        raise Refused(_("There is nothing on this draft."))
    today = timezone.localdate()
    account = CreditorAccount.objects.on(today)
    if account is None:
        raise Refused(_("No bank account holds today: enter one first."))
    if invoice.status == Invoice.Status.ISSUED:
        return invoice.move(Invoice.Status.ISSUED, verb="issue", by=by)
    lines = list(
        invoice.lines.select_related("shipment__request", "shipment__device").order_by("shipment__handed_over_at", "pk")
    )
    # The series is locked last, and only until this transaction ends.
    name = f"invoice-{today.year}"
    Series.objects.bulk_create([Series(name=name)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(pk=name)
    Series.objects.filter(pk=name).update(last=F("last") + 1)
    number = series.last + 1
    due_on = today + timedelta(days=DAYS_TO_PAY)
    reference = qr_reference(account.reference_prefix, today.year, number)
    total = sum(line.amount for line in lines)
    moved = invoice.move(
        Invoice.Status.ISSUED, verb="issue", by=by, series=series, first=series.first, number=number, total=total,
        issued_on=today, due_on=due_on, reference=reference,
        snapshot=_snapshot(invoice, lines, number=f"{today.year}-{number:04}", account=account, reference=reference,
                           issued_on=today, due_on=due_on, total=total, contact=by.name),
    )  # fmt: skip
    requests = DeviceRequest.objects.filter(shipments__charges__invoice=invoice).distinct()
    note_many(requests, "billed", by=by, numbers_for=lambda _request: {"invoice": invoice.public_number})
    return moved


def _snapshot(invoice, lines, *, number, account, reference, issued_on, due_on, total, contact):
    """All that is printed, so that the document never depends on what changes later; no recipient in it."""
    bill_to = invoice.bill_to
    return {
        "number": number,
        "language": bill_to.language,
        "window": "right",
        "issued_on": issued_on.isoformat(),
        "due_on": due_on.isoformat(),
        "period": invoice.period.isoformat(),
        "period_kind": bill_to.cadence,
        "creditor": {**settings.ASSOCIATION, "iban": account.qr_iban},
        "bill_to": {
            name: getattr(bill_to, name)
            for name in (
                "name", "department", "street", "house_number", "postcode", "town", "country", "cost_centre",
                "order_number", "supplier_number",
            )
        },
        "contact": contact,
        "reference": reference,
        "lines": [
            {
                "sent_on": timezone.localtime(line.shipment.handed_over_at).date().isoformat(),
                "case_reference": line.shipment.request.case_reference,
                "request": line.shipment.request.number,
                "device": line.shipment.device.number,
                "kind": "laptop",
                "amount": f"{line.amount:.2f}",
            }
            for line in lines
        ],
        "total": f"{total:.2f}",
        "vat": None,
    }  # fmt: skip


@transaction.atomic
def discard(invoice: Invoice) -> None:
    """Throw a draft away with its lines: no number was drawn, its parcels wait for the next close."""
    invoice.lock()
    if invoice.status != Invoice.Status.DRAFT:
        raise Refused(_("An issued invoice stays as it is. Credit it instead."))
    ChargeLine.objects.filter(invoice=invoice).delete()
    invoice.delete()
