"""The parcels that are to be charged: handed over before a cut-off, with neither a live charge nor a live NoCharge.

What was handed over long before is among them, so that late scans are never missed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from partners.models import BillTo
from shipping.models import Shipment

from .models import Invoice, UnchargedParcel
from .periods import completed_period, cut_off, midnight

DUE_OF_BILL_TO = "FROM billing_unchargedparcel u WHERE u.bill_to_id = %(bill_to)s AND u.handed_over_at < %(cut_off)s"
DUE_PER_BILL_TO = """
SELECT u.bill_to_id, count(*), sum(u.price), count(*) FILTER (WHERE u.handed_over_at < period.begins_at),
       bool_or(b.email <> '')
FROM unnest(%(cadences)s, %(begin_at)s, %(cut_offs)s) AS period (cadence, begins_at, cut_off)
JOIN partners_billto b ON b.cadence = period.cadence
JOIN billing_unchargedparcel u ON u.bill_to_id = b.id AND u.handed_over_at < period.cut_off
GROUP BY u.bill_to_id
"""
CHARGE = f"""
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT %(invoice)s, %(partner)s, u.shipment_id,
       COALESCE((SELECT max(turn) + 1 FROM billing_chargeline c WHERE c.shipment_id = u.shipment_id), 0), u.price
{DUE_OF_BILL_TO} ORDER BY u.handed_over_at, u.shipment_id
ON CONFLICT (shipment_id, turn) DO NOTHING
"""


@dataclass(frozen=True)
class Due:
    """What is to be charged to one bill-to: parcels, sum in CHF, and how many were handed over in earlier periods."""

    bill_to: BillTo
    parcels: int
    total: Decimal
    late: int


class Counted(NamedTuple):
    """The same by the bill-to's key, and whether that has an e-mail for invoices."""

    bill_to_id: int
    parcels: int
    total: Decimal
    late: int
    has_email: bool


def due_per_bill_to(month: date) -> list[Due]:
    """What is due at a month's end, by the bill-to's key; each cadence counts up to its last completed period."""
    counted = count_due(month)
    return with_bill_tos(counted, bill_tos_of(counted)) if counted else []


def bill_tos_of(counted: Iterable[Counted]) -> QuerySet[BillTo]:
    """Who pays what was counted, by key."""
    keys = [row.bill_to_id for row in counted]
    one_parameter = RawSQL("SELECT unnest(%s::bigint[])", [keys])  # a list of a thousand takes Django milliseconds
    return BillTo.objects.filter(pk__in=one_parameter).select_related("partner").order_by("pk")


def with_bill_tos(counted: Iterable[Counted], bill_tos: Iterable[BillTo]) -> list[Due]:
    """What was counted for these."""
    rows = {row.bill_to_id: row for row in counted}
    return [Due(bill_to, *rows[bill_to.pk][1:4]) for bill_to in bill_tos]


def count_due(month: date) -> list[Counted]:
    """What is due at a month's end without who pays, which takes long to load for all of them; one query."""
    cadences = BillTo.Cadence.values
    values: dict[str, Any] = {
        "cadences": cadences,
        "begin_at": [midnight(completed_period(month, cadence)) for cadence in cadences],
        "cut_offs": [cut_off(month, cadence) for cadence in cadences],
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE_PER_BILL_TO, values)
        return [Counted(*row) for row in sorted(cursor.fetchall())]


def parcels_to_charge(month: date) -> QuerySet[UnchargedParcel]:
    """All parcels due at a month's end."""
    cadences = (Q(bill_to__cadence=cadence, handed_over_at__lt=cut_off(month, cadence)) for cadence in BillTo.Cadence)
    return UnchargedParcel.objects.filter(reduce(or_, cadences))


def parcels_due(bill_to: BillTo, month: date) -> QuerySet[Shipment]:
    """The parcels due of one bill-to at a month's end; `is_late` marks those of earlier periods."""
    begins_at, ends_at = midnight(completed_period(month, bill_to.cadence)), cut_off(month, bill_to.cadence)
    due = Shipment.objects.filter(uncharged__bill_to=bill_to, uncharged__handed_over_at__lt=ends_at)
    return due.annotate(is_late=Q(handed_over_at__lt=begins_at))


def is_anything_due(bill_to: BillTo, before: datetime) -> bool:
    """Whether any parcel of a bill-to, handed over before a moment, is to be charged."""
    return UnchargedParcel.objects.filter(bill_to=bill_to, handed_over_at__lt=before).exists()


def charge(draft: Invoice, before: datetime) -> None:
    """Put every parcel of the draft's bill-to that was handed over before a moment and is due onto the draft.

    Lock the bill-to first: two that do this at once would each find the same parcels due.
    """
    values: dict[str, Any] = {
        "invoice": draft.pk,
        "partner": draft.partner_id,
        "bill_to": draft.bill_to_id,
        "cut_off": before,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHARGE, values)
