"""What an issued invoice prints, frozen so that its document never depends on what changes later.

No recipient is in it. Days are ISO dates and amounts texts in CHF, as it is kept as JSON.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from shipping.lifecycle import PASSED_ON

from .models import ChargeLine, CreditorAccount, Invoice, VatStatus


def build_snapshot(
    invoice: Invoice,
    charges: Sequence[ChargeLine],
    *,
    account: CreditorAccount,
    vat_status: VatStatus | None,
    issued_on: date,
    due_on: date,
    total: Decimal,
    contact: str,
) -> dict[str, Any]:
    """All that is printed but number and reference, which are drawn last; `received` counts people."""
    bill_to = invoice.bill_to
    return {
        "language": bill_to.language,
        "window": "right",
        "issued_on": issued_on.isoformat(),
        "due_on": due_on.isoformat(),
        "period": invoice.period.isoformat(),
        "period_kind": bill_to.cadence,
        "creditor": creditor_snapshot(account),
        "bill_to": {
            name: getattr(bill_to, name)
            for name in (
                "name",
                "department",
                "street",
                "house_number",
                "postcode",
                "town",
                "country",
                "cost_centre",
                "order_number",
                "supplier_number",
            )
        },
        "contact": contact,
        "lines": [line_snapshot(charge) for charge in charges],
        "received": sum(charge.shipment.status in PASSED_ON for charge in charges),
        "total": f"{total:.2f}",
        "vat": vat_snapshot(vat_status),
    }


def creditor_snapshot(account: CreditorAccount) -> dict[str, str]:
    """The association as an invoice names it, its UID without a hint at VAT: that comes with the VAT number only."""
    number = re.match(r"CHE-\d{3}\.\d{3}\.\d{3}", settings.ASSOCIATION["uid"])
    return {**settings.ASSOCIATION, "uid": number[0] if number else "", "iban": account.qr_iban}


def vat_snapshot(status: VatStatus | None) -> dict[str, str] | None:
    """VAT number and rate in percent; None while the association is not registered."""
    return {"number": status.number, "rate": str(status.rate)} if status and status.number else None


def line_snapshot(charge: ChargeLine) -> dict[str, str]:
    """One parcel as a line of the invoice; the day is Zurich's."""
    shipment = charge.shipment
    return {
        "sent_on": timezone.localtime(shipment.handed_over_at).date().isoformat(),
        "case_reference": shipment.request.case_reference,
        "request": shipment.request.number,
        "device": shipment.device.number,
        "kind": "laptop",
        "amount": f"{charge.amount:.2f}",
    }


def printed_lines(invoice: Invoice) -> list[dict[str, Any]]:
    """The lines of an invoice as they were printed, or as they would be while it is a draft."""
    snapshot = invoice.snapshot or {"lines": [line_snapshot(charge) for charge in invoice.lines.for_print()]}
    return with_days_and_amounts(snapshot["lines"])


def with_days_and_amounts(lines: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """The lines of a snapshot with `sent_on` as a date and `amount` as a Decimal."""
    return [
        {**line, "sent_on": date.fromisoformat(line["sent_on"]), "amount": Decimal(line["amount"])} for line in lines
    ]
