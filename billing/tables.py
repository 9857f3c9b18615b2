"""The list of invoices, as its pages show it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import amount, day
from web.tables import Column, address, below, joined, link, span
from web.templatetags.components import action_text, pill

from .lifecycle import InvoiceState
from .models import Invoice
from .periods import words_for


def columns_for(*, one_period: bool = False) -> list[Column]:
    """Invoices (`for_list()`); where all are of one period it isn't named."""
    columns = [
        Column(_("Number"), _number if one_period else _number_and_period),
        Column(_("Who pays"), _payer, "md"),
        Column(_("Period"), _period, "lg"),
        Column(_("Status"), lambda row: pill(row.state), "md"),
        Column(_("Due on"), lambda row: day(row.due_on), "md"),
        Column("CHF", lambda row: amount(row.total), css="wg-n"),
        Column(_("Document"), _document, "md"),
    ]
    if one_period:
        del columns[2]
    return columns


def _period(row: Invoice) -> str:
    return words_for(row.period, row.period_kind or row.bill_to.cadence)


def _number(row: Invoice, *between: str) -> str:
    due = ""
    if row.due_on and row.state != InvoiceState.PAID:
        due = span(gettext("Due %(day)s") % {"day": day(row.due_on)}, "wg-meta")
    state = joined(pill(row.state), due)
    state = span(state, "d-md-none d-flex flex-wrap gap-2 align-items-center fw-normal mt-1")
    return joined(
        link(address("billing:detail", row.slug), row, "wg-id"),
        below("md", row.bill_to, "wg-meta fw-normal"),
        *between,
        state,
    )


def _number_and_period(row: Invoice) -> str:
    return _number(row, below("lg", _period(row), "wg-meta fw-normal"))


def _payer(row: Invoice) -> str:
    if row.bill_to.name == row.partner.name:
        return str(row.bill_to)
    return joined(row.bill_to, span(row.partner, "d-block wg-meta"))


def _document(row: Invoice) -> str:
    return link(address("billing:download", row.slug), action_text("PDF", row)) if row.number else ""
