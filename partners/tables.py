"""The list of organisations, as its page shows it."""

from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import day
from web.tables import Column, address, joined, link, span
from web.templatetags.components import pill

from .models import Agreement, Partner


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
