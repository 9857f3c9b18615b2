"""The list of requests, as its pages show it."""

from functools import cache

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from documents.templatetags.swiss import day
from people.models import User
from web.tables import Column, address, below, escaped, joined, link, span
from web.templatetags.components import pill

from .models import DeviceRequest

# What a row shows, and no more: a phone number, say, is taken apart for each row that holds one.
SHOWN = (
    "number",
    "case_reference",
    "status",
    "moved_at",
    "partner__name",
    "partner__status",
    "recipient__partner",
    "recipient__first_name",
    "recipient__last_name",
)


def columns_for(user: User) -> list[Column]:
    """Requests with what comes next for this reader; the association also sees whose they are."""

    @cache  # shown in two cells, of which a width shows one
    def next_action(row: DeviceRequest) -> str:
        step = row.next_step
        if step.waits_for(user):
            return SafeString(f"<b>{escaped(_('You:'))}</b> {escaped(step.your_action)}")
        return str(step.action)

    def status(row: DeviceRequest) -> str:
        return joined(pill(row.shown_status), below("md", next_action(row), "wg-meta mt-1"))

    columns = [
        Column(_("Case reference"), _case),
        Column(_("Person"), _person, "sm", narrow="fw-normal"),
        Column(_("Organisation"), lambda row: row.partner, "lg", narrow="wg-meta fw-normal"),
        Column(_("Status"), status),
        Column(_("Since"), lambda row: day(row.moved_at), "lg"),
        Column(_("What comes next"), next_action, "md"),
    ]
    if user.acting_for:
        del columns[2]
    return columns


def _case(row: DeviceRequest) -> str:
    number = span(row.number, "d-block wg-meta fw-normal wg-id d-none d-sm-block")
    return joined(link(address("requests:detail", row.number), row.case_reference, "wg-id"), number)


def _person(row: DeviceRequest) -> str:
    return row.recipient.short_name or pgettext("person", "Data erased")
