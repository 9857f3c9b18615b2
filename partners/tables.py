"""The list of organisations, as its page shows it."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from documents.templatetags.swiss import day, moment
from records import clock
from web.tables import Column, address, joined, link, span
from web.templatetags.components import pill

from .models import Agreement, Conversation, Partner

NEW = ' <span class="wg-pill" data-tone="move">{}</span>'


def _signature(row):
    """Who signed and when, with the way to it; or that the organisation was reminded."""
    agreement = row.agreement
    if agreement is None:
        return joined(_("Not signed"), span(_reminded(row), "d-block wg-meta")) if row.reminded_on else _("Not signed")
    about = f"{day(agreement.signed_on)}, {agreement.signed_by}"
    words = _("Signed") if agreement.is_countersigned else _("Waits for the association")
    return joined(link(address("partners:agreement", agreement.pk), words), span(about, "d-block wg-meta"))


def _reminded(row):
    return _("Reminded on %(day)s") % {"day": day(row.reminded_on)}


def signature_cells(row):
    """An organisation and its signature, for a spreadsheet."""
    agreement = row.agreement or Agreement()
    signed = agreement.signed_on.isoformat() if agreement.signed_on else ""
    countersigned = agreement.countersigned_at.date().isoformat() if agreement.countersigned_at else ""
    reminded = row.reminded_on.isoformat() if row.reminded_on else ""
    partner = row.partner
    return [
        partner.name,
        partner.postcode,
        partner.town,
        row.contact,
        signed,
        agreement.signed_by,
        countersigned,
        reminded,
    ]


def _conversation(row, *below):
    """What it is about, with the way to it and whether there is something new in it."""
    shown = link(row.get_absolute_url(), row, "wg-id" if row.request_number else "text-break")
    new = format_html(NEW, pgettext("message", "New")) if row.is_unread else ""
    return joined(shown, new, *(span(part, "d-block fw-normal wg-meta text-break") for part in below if part))


def _for_the_desk(row):
    return _conversation(row, row.partner)


def _for_an_organisation(row):
    return _conversation(row, row.colleague)


def _age(row):
    """For how many days it has waited; under the day since when."""
    if row.closed_at:
        return day(row.closed_at)
    days = (clock.today() - timezone.localtime(row.waiting_since).date()).days
    words = ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days else _("today")
    return joined(words, span(moment(row.waiting_since), "d-block wg-meta"))


def _whose_turn(row):
    if row.closed_at:
        return pgettext("conversation", "Closed")
    return _("You: answer or close it") if row.waits_for == Conversation.Side.PARTNER else _("The association answers")


DESK = [
    Column(_("Conversation"), _for_the_desk),
    Column(_("Since"), _age, css="text-nowrap"),
    Column(_("Who looks after it"), lambda row: row.owner or _("Nobody yet"), "sm", narrow="fw-normal wg-meta"),
]
QUESTIONS = [
    Column(_("Conversation"), _for_an_organisation),
    Column(_("Next"), _whose_turn, "sm", narrow="fw-normal wg-meta"),
    Column(_("Last message"), lambda row: moment(row.last_message.at), css="text-nowrap"),
]
SIGNATURES = [
    Column(_("Organisation"), lambda row: link(address("partners:detail", row.partner.pk), row.partner)),
    Column(_("Contact"), lambda row: row.contact, "md", css="wg-words", narrow="fw-normal wg-meta"),
    Column(_("Signature"), _signature, css="wg-words"),
]
SIGNATURE_HEADINGS = [
    _("Organisation"),
    _("Postcode"),
    _("Town"),
    _("Contact"),
    _("Signed on"),
    _("Signed by"),
    _("Countersigned"),
    _("Reminded on"),
]
COLUMNS = [
    Column(_("Name"), lambda row: link(address("partners:detail", row.pk), row)),
    Column(_("Kind"), lambda row: Partner.Kind(row.kind).label, "md"),
    Column(_("Town"), lambda row: f"{row.postcode} {row.town}", "sm", narrow="fw-normal wg-meta"),
    Column(_("Status"), lambda row: pill(row.shown_status)),
    Column(_("Since"), lambda row: day(row.made_at), "lg"),
]
