"""The page on which a person sees where the laptop is: its link, its paper, and when it ends."""

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from documents.barcodes import qr_code
from documents.drawing import MARK, Drawing
from documents.models import StoredFile
from documents.pdf import render
from jobs.models import Claim, Job
from partners.actions import refuse_on_behalf
from people.models import User
from records import clock
from records.refusals import Refused

from .lifecycle import ENDED_UNSENT, RequestStatus
from .models import DeviceRequest, TrackingLink

MAKE_SLIP = "requests.make_slip"
WARRANTY_MONTHS = 3  # from the hand-over on
STYLE = Path(__file__).with_name("tracking_slip.css").read_text()
SIDE = 44.0  # mm of the QR code, read from the hand


@transaction.atomic
def open_tracking_link(device_request: DeviceRequest, *, by: User) -> TrackingLink:
    """Open a request's page for its person; one that is open stays as it is."""
    _lock(device_request, by=by)
    if link := device_request.tracking_links.open().first():
        return link
    device_request.note("open_tracking_link", by=by)
    return device_request.tracking_links.create()


@transaction.atomic
def replace_tracking_link(link: TrackingLink, *, by: User) -> TrackingLink:
    """Open a new link in place of this one, which stops working at once; pressed twice it is replaced once."""
    device_request = link.request
    _lock(device_request, by=by)
    current = device_request.tracking_links.open().first()
    if current is None:
        raise Refused(_("This link is closed already. Open a new one."))
    if current.pk != link.pk:
        return current
    _close(current)
    device_request.note("replace_tracking_link", by=by)
    return device_request.tracking_links.create()


@transaction.atomic
def close_tracking_link(link: TrackingLink, *, by: User) -> None:
    """Show nothing by this link any more."""
    _lock(link.request, by=by)
    link.refresh_from_db()
    if link.closed_at is None:
        _close(link)
        link.request.note("close_tracking_link", by=by)


def _lock(device_request: DeviceRequest, *, by: User) -> None:
    refuse_on_behalf(by)
    if by.acting_for_id != device_request.partner_id:
        raise Refused(_("Only the organisation itself gives the person this link."))
    device_request.lock()


def _close(link: TrackingLink) -> None:
    link.closed_at = clock.now()
    link.save(update_fields=["closed_at"])


class Sending(NamedTuple):
    """The day on which a parcel left the house, and its code; None and empty without one."""

    on: date | None
    parcel: str


def found_by(token: str) -> tuple[TrackingLink, Sending] | None:
    """The link of an address and how its laptop was sent, as long as there is something to show.

    That is while it is open and the request not over for too long.
    """
    links = TrackingLink.objects.open().select_related("request__recipient", "request__partner")
    link = links.filter(token=token).first()
    if link is None or link.request.recipient.erased_at:
        return None
    sent = sending_of(link.request)
    last_day = ends_on(link.request, sent.on)
    return None if last_day and last_day < clock.today() else (link, sent)


def sending_of(device_request: DeviceRequest) -> Sending:
    """When its last parcel left the house, and which one it is as long as that is on its way or has arrived."""
    step = device_request.steps.filter(verb="ship").last()
    if step is None:
        return Sending(None, "")
    is_told = device_request.status in (RequestStatus.SHIPPED, RequestStatus.DELIVERED)
    return Sending(timezone.localtime(step.at).date(), str(step.numbers.get("parcel", "")) if is_told else "")


def warranty_ends(handed_over: date) -> date:
    """The last day of the warranty: the same day three months later, or the last one of that month."""
    months = handed_over.year * 12 + handed_over.month - 1 + WARRANTY_MONTHS
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(handed_over.day, monthrange(year, month)[1]))


def ends_on(device_request: DeviceRequest, handed_over: date | None) -> date | None:
    """The last day of a request's page: RETENTION_DAYS after its end or its warranty; None as long as it runs."""
    moved_on = timezone.localtime(device_request.moved_at).date()
    kept = timedelta(days=settings.RETENTION_DAYS)
    if device_request.status in ENDED_UNSENT:
        return moved_on + kept
    if device_request.status == RequestStatus.DELIVERED and handed_over:
        return max(moved_on, warranty_ends(handed_over)) + kept
    return None


def address_of(link: TrackingLink) -> str:
    """Where the person looks, as the code holds it."""
    return settings.BASE_URL + reverse("track:page", args=[link.token])


@transaction.atomic
def plan_slip(link: TrackingLink) -> bool:
    """Whether the paper of a link is made; where it is not, a job makes it."""
    if link.slip_id is None and Job.objects.unfinished_for(MAKE_SLIP, link) is None:
        Job.objects.plan(MAKE_SLIP, link)
    return link.slip_id is not None


def make_slip(link: TrackingLink, claim: Claim) -> None:
    """Draw the paper of a link, in its person's language, and keep it."""
    if link.slip_id is not None:
        return
    content = render_slip(link)
    with claim.held():
        kept = TrackingLink.objects.select_for_update(of=["self"]).get(pk=link.pk)
        if kept.slip_id is None:
            kept.slip = StoredFile.objects.store(content, media_type="application/pdf", name=f"{link.request}.pdf")
            kept.save(update_fields=["slip"])


def render_slip(link: TrackingLink) -> bytes:
    """The A5 paper as PDF: what the link is for, its code, and the address to type."""
    device_request, address = link.request, urlsplit(address_of(link))
    code = language_of(device_request)
    with translation.override(code):
        context = {
            "language": code,
            "title": device_request.number,
            "author": settings.ASSOCIATION["name"],
            "number": device_request.number,
            "site": address.netloc,
            "path": address.path,
        }
        html = render_to_string("public/track/slip_pdf.html", context)
    drawing = Drawing(SIDE, SIDE, [], qr_code(address_of(link), side=SIDE))
    return render(html, STYLE, {"mark": MARK, "code": drawing})


def language_of(device_request: DeviceRequest) -> str:
    """The person's language, if these pages speak it, or else the organisation's."""
    code = device_request.recipient.language
    return code if code in settings.RECIPIENT_LANGUAGES else device_request.partner.language
