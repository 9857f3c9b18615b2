"""The parcels that are to be charged: handed over before a cut-off, with neither a live charge nor a live NoCharge.

What was handed over long before is among them, so that late scans are never missed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from partners.models import BillTo
from shipping.models import Shipment

from .models import Invoice
from .periods import completed_period, cut_off, midnight

UNCHARGED = """
    NOT EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
                    WHERE c.shipment_id = s.id AND k.shipment_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM billing_nocharge n WHERE n.shipment_id = s.id AND n.revoked_at IS NULL)
"""
DUE_OF_BILL_TO = (
    f"FROM shipping_shipment s WHERE s.bill_to_id = %(bill_to)s AND s.handed_over_at < %(cut_off)s AND {UNCHARGED}"
)
DUE_PER_BILL_TO = f"""
SELECT s.bill_to_id, count(*), sum(s.price), count(*) FILTER (WHERE s.handed_over_at < period.begins_at)
FROM unnest(%(cadences)s, %(begin_at)s, %(cut_offs)s) AS period (cadence, begins_at, cut_off)
JOIN partners_billto b ON b.cadence = period.cadence
JOIN shipping_shipment s ON s.bill_to_id = b.id AND s.handed_over_at < period.cut_off
WHERE {UNCHARGED}
GROUP BY s.bill_to_id
"""
PARCELS = f"""
SELECT s.*, s.handed_over_at < %(begins_at)s AS is_late {DUE_OF_BILL_TO} ORDER BY s.handed_over_at, s.id
"""
CHARGE = f"""
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT %(invoice)s, s.partner_id, s.id,
       COALESCE((SELECT max(turn) + 1 FROM billing_chargeline c WHERE c.shipment_id = s.id), 0), s.price
{DUE_OF_BILL_TO} ORDER BY s.handed_over_at, s.id
ON CONFLICT (shipment_id, turn) DO NOTHING
"""


@dataclass(frozen=True)
class Due:
    """What is to be charged to one bill-to: parcels, sum in CHF, and how many were handed over in earlier periods."""

    bill_to: BillTo
    parcels: int
    total: Decimal
    late: int


def due_per_bill_to(month: date) -> list[Due]:
    """What is due at a month's end, by the bill-to's key; each cadence counts up to its last completed period."""
    cadences = BillTo.Cadence.values
    values: dict[str, Any] = {
        "cadences": cadences,
        "begin_at": [midnight(completed_period(month, cadence)) for cadence in cadences],
        "cut_offs": [cut_off(month, cadence) for cadence in cadences],
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE_PER_BILL_TO, values)
        rows = cursor.fetchall()
    bill_tos = BillTo.objects.select_related("partner").in_bulk([row[0] for row in rows])
    return [Due(bill_tos[key], *counted) for key, *counted in sorted(rows)]


def parcels_due(bill_to: BillTo, month: date) -> list[Shipment]:
    """The parcels due of one bill-to at a month's end, the oldest first; `is_late` marks those of earlier periods."""
    values = {
        "bill_to": bill_to.pk,
        "begins_at": midnight(completed_period(month, bill_to.cadence)),
        "cut_off": cut_off(month, bill_to.cadence),
    }
    return list(Shipment.objects.raw(PARCELS, values).prefetch_related("request", "device"))


def is_anything_due(bill_to: BillTo, before: datetime) -> bool:
    """Whether any parcel of a bill-to, handed over before a moment, is to be charged."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 {DUE_OF_BILL_TO})", {"bill_to": bill_to.pk, "cut_off": before})
        return cursor.fetchone()[0]


def charge(draft: Invoice, before: datetime) -> None:
    """Put every parcel of the draft's bill-to that was handed over before a moment and is due onto the draft.

    Lock the bill-to first: two that do this at once would each find the same parcels due.
    """
    values: dict[str, Any] = {"invoice": draft.pk, "bill_to": draft.bill_to_id, "cut_off": before}
    with connection.cursor() as cursor:
        cursor.execute(CHARGE, values)
