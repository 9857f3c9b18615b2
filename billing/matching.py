"""Which invoice a bank transaction pays: the one with exactly its QR reference, else a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Open:
    """What is left to pay of an issued invoice, in CHF, and whether it was credited."""

    left: Decimal
    is_credited: bool


def findings(entries: Iterable[Any], invoices: dict[str, Open]) -> list[str]:
    """A finding per bank entry (reference, amount, reason), "exact" where it pays; `invoices` by reference.

    Several entries may pay one invoice, in their order, as long as something is left.
    """
    left = {reference: invoice.left for reference, invoice in invoices.items()}
    found = []
    for entry in entries:
        invoice = invoices.get(entry.reference)
        if entry.reason:
            found.append(entry.reason)
        elif invoice is None:
            found.append("unknown")
        elif invoice.is_credited:
            found.append("credited")
        elif entry.amount > left[entry.reference]:
            found.append("more")
        else:
            found.append("exact")
            left[entry.reference] -= entry.amount
    return found
