"""The invoice as a letter with its QR-bill, drawn from the snapshot and nothing else."""

from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any
from unicodedata import normalize

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.drawing import MARK
from documents.pdf import render
from web.counts import spelled

from .periods import month_name, words_for
from .qr_bill import LABELS, Bill, Party, billing_information, in_words, slip
from .snapshot import with_days_and_amounts

STYLE = Path(__file__).with_suffix(".css").read_text()


def render_invoice(snapshot: dict[str, Any]) -> bytes:
    """The PDF of an issued invoice in the payer's language; raises NotPrintable when its QR-bill can't be drawn."""
    language, bill = snapshot["language"], bill_from_snapshot(snapshot)
    drawn = slip(bill, language)  # before the language changes: a refusal is for us to read
    with translation.override(language):
        letter = _letter(snapshot, bill) | {"language": language, "slip": in_words(bill, language)}
        html = render_to_string("billing/invoice_pdf.html", letter)
    return render(html, STYLE, {"slip": drawn, "mark": MARK})


def bill_from_snapshot(snapshot: dict[str, Any]) -> Bill:
    """What the payment part asks for."""
    creditor, bill_to, vat = snapshot["creditor"], snapshot["bill_to"], snapshot["vat"]
    issued_on, due_on = date.fromisoformat(snapshot["issued_on"]), date.fromisoformat(snapshot["due_on"])
    of_vat = {}
    if vat:
        sent_on = [date.fromisoformat(line["sent_on"]) for line in snapshot["lines"]]
        of_vat = {"uid": vat["number"], "vat_rate": vat["rate"], "served": (min(sent_on), max(sent_on))}
    return Bill(
        iban=creditor["iban"],
        creditor=_party(creditor),
        amount=Decimal(snapshot["total"]),
        reference=snapshot["reference"],
        debtor=_party(bill_to),
        billing_information=billing_information(
            number=snapshot["number"],
            issued_on=issued_on,
            customer_reference=normalize("NFC", bill_to["order_number"] or bill_to["cost_centre"]),
            days=(due_on - issued_on).days,
            **of_vat,
        ),
    )


def _party(address: dict[str, str]) -> Party:
    fields = ("name", "street", "house_number", "postcode", "town", "country")
    return Party(**{field: normalize("NFC", address[field]) for field in fields})  # ü as one character, not two


def _letter(snapshot: dict[str, Any], bill: Bill) -> dict[str, Any]:
    """What the template names; days and amounts as such again, each line with the sum so far."""
    issued_on, due_on = date.fromisoformat(snapshot["issued_on"]), date.fromisoformat(snapshot["due_on"])
    lines = with_days_and_amounts(snapshot["lines"])
    for line, sum_so_far in zip(lines, accumulate(line["amount"] for line in lines), strict=True):
        line["sum_so_far"] = sum_so_far
    return {
        "title": f"{_('Invoice')} {snapshot['number']}",
        "author": snapshot["creditor"]["name"],
        "invoice": snapshot,
        "issued_on": issued_on,
        "due_on": due_on,
        "days": (due_on - issued_on).days,
        "period": words_for(date.fromisoformat(snapshot["period"]), snapshot["period_kind"]),
        "bill": bill,
        "lines": lines,
        "received": _received(snapshot, lines),
        "vat": _vat(snapshot["vat"], bill.amount),
        "detach": LABELS[snapshot["language"]]["detach"],
    }


def _received(snapshot: dict[str, Any], lines: list[dict[str, Any]]) -> str | None:
    """How many people have a laptop through the payer, or will soon; None for what was issued before this was counted.

    It names the period unless a parcel of an earlier one comes along; it is empty where all are lost or came back.
    """
    if "received" not in snapshot:
        return None
    count, period = snapshot["received"], date.fromisoformat(snapshot["period"])
    words = {"people": spelled(count), "month": month_name(period)}
    if not count:
        return ""
    if min(line["sent_on"] for line in lines) < period:
        sentence = ngettext(
            "One person received a laptop through you.", "%(people)s people received a laptop through you.", count
        )
        return sentence % {"people": words["people"].capitalize()}
    if snapshot["period_kind"] == "quarter":
        words["last"] = month_name(period.replace(month=period.month + 2))
        sentence = ngettext(
            "From %(month)s to %(last)s one person received a laptop through you.",
            "From %(month)s to %(last)s %(people)s people received a laptop through you.",
            count,
        )
    else:
        sentence = ngettext(
            "In %(month)s one person received a laptop through you.",
            "In %(month)s %(people)s people received a laptop through you.",
            count,
        )
    return sentence % words


def _vat(status: dict[str, str] | None, total: Decimal) -> dict[str, Any] | None:
    """Number, rate and the tax within the total; None while we are not registered, when nothing may hint at it."""
    if not status:
        return None
    rate = Decimal(status["rate"])
    return {**status, "amount": total * rate / (100 + rate)}
