"""The lists of invoices, and of what a month's end drafts, as their pages show them."""

from collections.abc import Iterable
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import amount, day, money, number
from partners.models import BillTo
from web.tables import Column, Picks, address, below, joined, link, span
from web.templatetags.components import action_text, pick, pick_all, pill

from .charges_due import Due
from .lifecycle import InvoiceState
from .models import Invoice
from .periods import month_title, words_for

SELECTED = SafeString(" selected")


def columns_for(*, one_period: bool = False) -> list[Column]:
    """Invoices (`for_list()`); where all are of one period it isn't named."""
    columns = [
        Column(_("Number"), _number if one_period else _number_and_period),
        Column(_("Who pays"), _payer, "md", css="wg-words"),
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


def dues_for(month: date) -> list[Column]:
    """The dry run of a month: a row per unit that pays, whose numbers lead to the parcels behind them."""

    def leads(row: Due, label: str, shown: str) -> str:
        url = f"{address('billing:due', row.bill_to.pk)}?month={month:%Y-%m}"
        return format_html('<a href="{}" aria-label="{}">{}</a>', url, label, shown)

    def parcels(row: Due) -> str:
        words = gettext("%(parcels)s parcels for %(unit)s") % {"parcels": row.parcels, "unit": row.bill_to}
        return leads(row, words, number(row.parcels))

    def total(row: Due) -> str:
        words = gettext("%(sum)s for %(unit)s") % {"sum": money(row.total), "unit": row.bill_to}
        return leads(row, words, amount(row.total))

    return [
        Column(_("Who pays"), _due),
        Column(_("Parcels"), parcels, css="wg-n"),
        Column("CHF", total, css="wg-n"),
        Column(_("To note"), lambda row: span(_late(row.late), "wg-sub") if row.late else "", "md"),
    ]


def dues_foot(count: int, parcels: int, total: object) -> SafeString:
    """What all of the dry run comes to."""
    return format_html(
        '<tr><th scope="row">{}</th><td class="wg-n">{}</td><td class="wg-n">{}</td>'
        '<td class="d-none d-md-table-cell"></td></tr>',
        ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count},
        number(parcels),
        amount(total),
    )


def drafts_for(*, may_press: bool) -> list[Column]:
    """Drafts to look over (`until()`, `with_parcels()`), which may be discarded by who may press."""
    columns = [
        Column(_("Who pays"), _draft),
        Column(_("Parcels"), lambda row: number(row.parcels), "sm", "wg-n"),
        Column("CHF", lambda row: amount(row.total), css="wg-n"),
    ]
    if may_press:
        columns.append(Column(_("Discard"), _discard, css="text-end", unseen=True))
    return columns


def pick_drafts() -> Picks:
    """The checkboxes of drafts, ticked but for held ones."""
    return Picks(pick_all(), lambda row: pick("drafts", row.pk, row.bill_to, checked=not row.is_held))


def month_options(months: Iterable[date], chosen: date) -> SafeString:
    """The options of a list of months."""
    rows = ((f"{month:%Y-%m}", SELECTED if month == chosen else "", month_title(month)) for month in months)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def _due(row: Due) -> str:
    return joined(_unit(row.bill_to), below("md", _late(row.late), "wg-meta fw-normal"))


def _draft(row: Invoice) -> str:
    held = ""
    if row.is_held:
        held = span(gettext("Held: %(period)s") % {"period": row.period_words}, "d-block wg-meta fw-normal")
    parcels = ngettext("%(count)s parcel", "%(count)s parcels", row.parcels) % {"count": row.parcels}
    name = format_html('<a href="{}">{}</a>', address("billing:detail", row.slug), row.bill_to)
    return joined(
        _unit(row.bill_to, name),
        held,
        span(_late(row.late), "d-block wg-meta fw-normal") if row.late else "",
        below("sm", parcels, "wg-meta fw-normal"),
    )


def _discard(row: Invoice) -> str:
    button = '<button class="btn wg-btn btn-sm" type="submit" form="discard-{}">{}</button>'
    return format_html(button, row.pk, action_text(gettext("Discard"), row.bill_to))


def _unit(bill_to: BillTo, shown: object = None) -> str:
    """Who pays, with the organisation where it is called otherwise."""
    partner = "" if bill_to.name == bill_to.partner.name else span(bill_to.partner, "d-block wg-meta fw-normal")
    return joined(shown or bill_to, partner)


def _late(count: int) -> str:
    """How many parcels come along from earlier."""
    if not count:
        return ""
    words = ngettext("%(late)s late scan from earlier", "%(late)s late scans from earlier", count)
    return words % {"late": count}
