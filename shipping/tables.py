"""The list of parcels that have left the house, as its page shows it."""

from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import day
from web.tables import Column, address, below, joined, link
from web.templatetags.components import pill

from .models import Shipment

SHOWN = ("status", "ident_code", "handed_over_at", "request__number", "device__number", "partner__name")


def _parcel(row: Shipment) -> str:
    return joined(
        link(address("shipping:detail", row.pk), row.printed_code or row.request.number, "wg-id"),
        below("lg", row.request.number, "wg-meta fw-normal wg-id"),
        below("md", pill(row.shown_status), "mt-1"),
    )


HANDED_OVER = [
    Column(_("Parcel"), _parcel),
    Column(_("Request"), lambda row: row.request.number, "lg", "wg-id"),
    Column(_("Organisation"), lambda row: row.partner, "lg"),
    Column(_("Laptop"), lambda row: row.device.number, "md", "wg-id"),
    Column(_("Status"), lambda row: pill(row.shown_status), "md"),
    Column(_("Handed over"), lambda row: day(row.handed_over_at)),
]
