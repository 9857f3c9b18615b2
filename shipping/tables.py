"""The lists of parcels, as their pages show them: what lies in the house, never with a name, and what has left it."""

from collections.abc import Container

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.templatetags.swiss import day, moment
from requests.models import Allocation
from web.tables import Column, address, below, joined, link, press, span
from web.templatetags.components import action_text, icon, pill

from .lifecycle import ShipmentStage
from .models import Shipment

SHOWN = ("status", "ident_code", "handed_over_at", "request__number", "device__number", "partner__name")
SHOWN_TO_PACK = (
    "request__number",
    "device__number",
    "device__maker",
    "device__model",
    "device__shelf",
    "partner__name",
)
SHOWN_IN_HOUSE = (
    "status",
    "ident_code",
    "closed_at",
    "allocation__released_at",
    "request__number",
    "device__number",
    "device__shelf",
    "partner__name",
)


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


def to_pack(token: str) -> list[Column]:
    """Laptops that are kept for a request (allocations), each with the button that packs it."""

    def button(row: Allocation) -> str:
        words = action_text(gettext("Pack"), row.device.number)
        return press(address("shipping:pack", row.request.number), token, words)

    return [
        Column(_("Laptop"), _laptop),
        Column(_("Shelf"), _shelf),
        Column(_("Request"), _request, "md"),
        Column(_("What to do"), button, css="text-end", unseen=True),
    ]


def in_house(token: str, failed: Container[int]) -> list[Column]:
    """Parcels in the house, each with what to do next; the label of those that `failed` was given up."""

    def what_to_do(row: Shipment) -> str:
        if row.stage == ShipmentStage.WITHDRAWN:
            return press(address("shipping:take_out", row.pk), token, gettext("It is taken out"))
        if row.stage == ShipmentStage.CANCELLED:
            words = action_text(gettext("Label thrown away"), row.printed_code)
            return press(address("shipping:void_labels", row.pk), token, words)
        if row.pk in failed:
            why = format_html('<p class="wg-bad mb-1">{}</p>', gettext("The label was not made."))
            return press(address("shipping:order_label", row.pk), token, gettext("Try again"), inside=why)
        if row.stage == ShipmentStage.PACKING:
            return span(gettext("The label is being made."), "wg-sub")
        return _label(row)

    return [
        Column(_("Parcel"), _parcel_in_house),
        Column(_("Laptop"), lambda row: span(row.device.number, "wg-id"), "sm"),
        Column(_("Shelf"), _shelf, "sm"),
        Column(_("Request"), _request, "md"),
        Column(_("What to do"), what_to_do, css="text-end", unseen=True),
    ]


def _laptop(row: Allocation) -> str:
    return joined(
        span(row.device.number, "wg-id"),
        span(f"{row.device.maker} {row.device.model}", "d-block wg-meta fw-normal"),
        _request_below(row),
    )


def _parcel_in_house(row: Shipment) -> str:
    closed = ""
    if row.stage == ShipmentStage.CLOSED:
        closed = span(gettext("Closed %(time)s") % {"time": moment(row.closed_at)}, "d-block wg-meta fw-normal")
    shelf = f", {row.device.shelf}" if row.device.shelf else ""
    laptop = joined(span(row.device.number, "wg-id"), shelf)
    return joined(
        link(address("shipping:detail", row.pk), row.printed_code or row.request.number, "wg-id"),
        closed,
        span(laptop, "d-sm-none d-block fw-normal"),
        _request_below(row) if row.ident_code else "",
    )


def _shelf(row: Allocation | Shipment) -> str:
    return row.device.shelf or "–"


def _request(row: Allocation | Shipment) -> str:
    number = row.request.number
    return joined(link(address("requests:detail", number), number, "wg-id"), span(row.partner, "d-block wg-meta"))


def _request_below(row: Allocation | Shipment) -> str:
    number = row.request.number
    return link(address("requests:detail", number), number, "d-md-none wg-id fw-normal")


def _label(row: Shipment) -> str:
    return format_html(
        '<a class="btn wg-btn btn-sm" href="{}" target="_blank">{}{}</a>',
        address("shipping:label", row.pk),
        icon("printer"),
        action_text(gettext("Label"), row.printed_code),
    )
