"""The list of requests and the queue, as their pages show them."""

from functools import cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from devices.models import Device
from documents.templatetags.swiss import day, size
from people.models import User
from web.tables import Column, Picks, address, below, escaped, joined, link, span, token_field
from web.templatetags.components import action_text, pick, pick_all, pill

from .matching import MEMORY_GB
from .models import DeviceRequest
from .reasons import SUITS, WAITS

# What a row shows, and no more: a phone number, say, is taken apart for each row that holds one.
SHOWN = (
    "number",
    "case_reference",
    "status",
    "moved_at",
    "expected_on",
    "expected_by",
    "partner__name",
    "partner__status",
    "recipient__partner",
    "recipient__first_name",
    "recipient__last_name",
)

SHOWN_IN_QUEUE = ("number", "partner__name", "system", "keyboard", "purpose", "approved_at")
MATCHED = ("number", "system", "keyboard", "memory_gb", "grade", "shelf")  # of a laptop
KEEP = (
    '<form class="d-flex flex-wrap flex-lg-nowrap gap-3 align-items-center justify-content-between" method="post"'
    ' action="{0}">{1}'
    '<input type="hidden" name="device" value="{2}"><span><b class="wg-id">{2}</b>, {3}, {4}{5}'
    '<span class="d-block wg-meta">{6} {7}.</span></span>'
    '<button class="btn wg-btn btn-sm text-nowrap" type="submit">{8}</button></form>'
)
CHOOSE = (
    '<form method="post" action="{0}">{1}<input type="hidden" name="device" value="{2}">'
    '<button class="btn wg-btn btn-sm" type="submit">{3}</button></form>'
)


def columns_for(user: User) -> list[Column]:
    """Requests with what comes next for this reader; the association also sees whose they are."""

    @cache  # shown in two cells, of which a width shows one
    def next_action(row: DeviceRequest) -> str:
        step = row.next_step
        action: Any = step.told_to(user).action
        if step.waits_for(user):
            action = SafeString(f"<b>{escaped(_('You:'))}</b> {escaped(step.your_action)}")
        if not (row.expectation and row.expected_on):
            return str(action)
        return joined(action, span(_("about %(day)s") % {"day": day(row.expected_on)}, "d-block wg-meta"))

    def status(row: DeviceRequest) -> str:
        return joined(pill(row.shown_status), below("md", next_action(row), "wg-meta mt-1"))

    columns = [
        Column(_("Case reference"), _case),
        Column(_("Person"), _person, "sm", css="wg-words", narrow="fw-normal"),
        Column(_("Organisation"), lambda row: row.partner, "lg", css="wg-words", narrow="wg-meta fw-normal"),
        Column(_("Status"), status),
        Column(_("Since"), lambda row: day(row.moved_at), "lg"),
        Column(_("What comes next"), next_action, "md"),
    ]
    if user.acting_for:
        del columns[2]
    return columns


UNBROKEN = 20  # letters of a case reference that stay on one line; a longer one may break


def _case(row: DeviceRequest) -> str:
    url = address("requests:detail", row.number)
    if not row.case_reference:  # asked by the organisation's link, which says so until somebody completes it
        return joined(link(url, row.number, "wg-id"), span(_("By the link"), "d-block wg-meta fw-normal"))
    number = span(row.number, "d-block wg-meta fw-normal wg-id d-none d-sm-block")
    css = "wg-id" if len(row.case_reference) <= UNBROKEN else ""
    return joined(link(url, row.case_reference, css), number)


def _person(row: DeviceRequest) -> str:
    return row.recipient.short_name or pgettext("person", "Data erased")


def queue_for(token: str) -> list[Column]:
    """The queue: requests, each with its laptop or none and why (`request`, `device`, `reasons`)."""

    def match(line: dict[str, Any]) -> str:
        device = line["device"]
        if not device:
            return " ".join([gettext("Waits."), *(str(WAITS[code]) for code in line["reasons"])])
        return format_html(
            KEEP,
            address("requests:allocate", line["request"].number),
            token_field(token),
            device.number,
            device.get_system_display(),
            size(device.memory_gb),
            f", {device.shelf}" if device.shelf else "",
            gettext("Why:"),
            _why(line),
            gettext("Keep %(number)s") % {"number": device.number},
        )

    return [
        Column(_("Request"), _asking),
        Column(_("Asked for"), _asked_for, "lg"),
        Column(_("Approved"), lambda line: day(line["request"].approved_at), "md"),
        Column(_("Match and why"), match),
    ]


def round_columns() -> list[Column]:
    """The same where all are kept by one press: each request with its laptop, why, and the way to another one."""

    def match(line: dict[str, Any]) -> str:
        device = line["device"]
        words = ", ".join(filter(None, [device.get_system_display(), size(device.memory_gb), device.shelf]))
        other = link(address("requests:choose", line["request"].number), gettext("Another laptop"), "d-block")
        return joined(span(device.number, "wg-id fw-bold"), ", ", words, span(_why(line), "d-block wg-meta"), other)

    return [
        Column(_("Request"), _asking),
        Column(_("Asked for"), _asked_for, "lg"),
        Column(_("Laptop and why"), match),
    ]


def approval_columns() -> list[Column]:
    """Received requests of an organisation that are approved together."""
    return [
        Column(_("Case reference"), _case),
        Column(_("Person"), _person, "sm", css="wg-words", narrow="fw-normal"),
        Column(_("Asked for"), lambda row: row.get_purpose_display(), "md"),
        Column(_("Received"), lambda row: day(row.moved_at), "md"),
    ]


def approval_picks() -> Picks:
    """None is ticked: each is examined."""
    return Picks(pick_all(), lambda row: pick("number", row.number, row.title))


def round_picks() -> Picks:
    """All are ticked: who wants one to wait unticks it."""
    return Picks(
        pick_all(),
        lambda line: pick(
            "pair", f"{line['request'].number}_{line['device'].number}", line["request"].number, checked=True
        ),
    )


def laptops_for(row: DeviceRequest, token: str) -> list[Column]:
    """Laptops of which one is chosen by hand for a request."""

    def keep(device: Device) -> str:
        label = action_text(_("Keep it"), device.number)
        return format_html(CHOOSE, address("requests:allocate", row.number), token_field(token), device.number, label)

    return [
        Column(_("Device"), lambda device: span(device.number, "wg-id")),
        Column(_("Model"), lambda device: f"{device.maker} {device.model}", "md", "wg-words", "wg-meta fw-normal"),
        Column(_("Memory"), lambda device: size(device.memory_gb)),
        Column(_("Grade"), lambda device: device.grade),
        Column(_("Shelf"), lambda device: device.shelf, "md", narrow="wg-meta fw-normal"),
        Column(_("Keep it"), keep, unseen=True),
    ]


def _why(line: dict[str, Any]) -> str:
    """What speaks for a pair, in words that are true of this one."""
    row, device = line["request"], line["device"]
    words = {
        "system": row.get_system_display(),
        "memory": size(device.memory_gb),
        "needed": size(MEMORY_GB[row.system]),
        "keyboard": row.get_keyboard_display(),
        "grade": device.grade,
        "approved": day(row.approved_at),
    }
    return ", ".join(str(SUITS[code]) % words for code in line["reasons"])


def _asking(line: dict[str, Any]) -> str:
    row = line["request"]
    return joined(
        link(address("requests:detail", row.number), row.number, "wg-id"),
        span(row.partner, "d-block wg-meta fw-normal"),
        below("lg", _kind(row), "wg-meta fw-normal"),
    )


def _asked_for(line: dict[str, Any]) -> str:
    row = line["request"]
    return joined(_kind(row), span(row.get_purpose_display(), "d-block wg-meta"))


def _kind(row: DeviceRequest) -> str:
    return f"{row.get_system_display()}, {row.get_keyboard_display()}"
