"""The list of organisations, as its page shows it."""

from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import day
from web.tables import Column, address, link
from web.templatetags.components import pill

from .models import Partner

COLUMNS = [
    Column(_("Name"), lambda row: link(address("partners:detail", row.pk), row)),
    Column(_("Kind"), lambda row: Partner.Kind(row.kind).label, "md"),
    Column(_("Town"), lambda row: f"{row.postcode} {row.town}", "sm", narrow="fw-normal wg-meta"),
    Column(_("Status"), lambda row: pill(row.shown_status)),
    Column(_("Since"), lambda row: day(row.made_at), "lg"),
]
