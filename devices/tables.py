"""The list of laptops, as its page shows it."""

from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import day
from web.tables import Column, address, below, joined, link, span
from web.templatetags.components import action_text, pill

from .models import Device


def _laptop(row: Device) -> str:
    tag = span(row.asset_tag, "d-block wg-meta fw-normal text-break")
    name = below("md", row.name, "fw-normal text-break")
    return joined(
        link(address("devices:detail", row.number), row.number, "wg-id"),
        tag,
        name,
        below("sm", pill(row.shown_status), "mt-1"),
    )


def _next(row: Device) -> str:
    step = row.next_step
    if not step.page:
        return str(step.action)
    return link(address(step.page, row.number), action_text(step.action, row.number, between=": "), "btn wg-btn")


COLUMNS = [
    Column(_("Laptop"), _laptop),
    Column(_("Model"), lambda row: row.name, "md", "text-break"),
    Column(_("Status"), lambda row: pill(row.shown_status), "sm"),
    Column(_("Shelf"), lambda row: row.shelf_now, "lg"),
    Column(_("Taken in"), lambda row: day(row.received_at), "lg"),
    Column(_("What comes next"), _next),
]
