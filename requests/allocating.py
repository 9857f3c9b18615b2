"""A laptop is kept for a request, leaves, arrives or comes back; and what the association decides about that."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from devices import actions as device_actions
from devices.models import Device
from documents.models import Mail
from partners.models import Partner
from people.models import User
from records import clock
from records.refusals import Refused

from .expected_day import at_the_door
from .lifecycle import RequestStatus
from .matching import Laptop, Wish, obstacles
from .models import REASONS, Allocation, DeviceRequest, ExpectedBy
from .reasons import LACKS

SENT_BACK, REJECTED = "requests.sent_back", "requests.rejected"  # mails to the organisation


@transaction.atomic
def allocate(device_request: DeviceRequest, device: Device, *, by: User) -> Allocation:
    """Give a ready laptop that suits to an approved request; the index on live allocations lets exactly one win."""
    partner = Partner.objects.locked(device_request.partner_id)
    device_request.lock()
    device.lock()
    numbers = {"request": device_request.number, "device": device.number}
    if device_request.status != RequestStatus.APPROVED:  # an approved one has none, and the index holds that
        live = device_request.allocations.live().first()
        if live and live.device_id == device.pk and live.by_id == by.pk:
            return live
    elif not partner.is_active:
        raise Refused(_("The organisation is suspended: its requests pause."))
    if codes := lacking(device_request, device):
        what = ", ".join(str(LACKS[code]) for code in codes)
        raise Refused(_("%(device)s does not suit. It lacks: %(what)s.") % {"device": device, "what": what})
    allocation = Allocation.objects.create(
        request=device_request, partner_id=device_request.partner_id, device=device, by=by
    )
    device_request.move("allocate", by=by, numbers=numbers, is_locked=True, moved_at=clock.now())
    device_actions.reserve(device, number=device_request.number, by=by, is_locked=True)
    return allocation


def lacking(device_request: DeviceRequest, device: Device) -> tuple[str, ...]:
    """What stands in the way of this laptop for this request, as codes; empty when it suits."""
    wish = Wish(device_request.pk, device_request.system, device_request.keyboard)
    return obstacles(wish, Laptop(device.pk, device.system, device.keyboard, device.memory_gb, device.grade))


@transaction.atomic
def release(device_request: DeviceRequest, *, by: User) -> None:
    """Take the laptop away from a request, which goes back to its place in the queue."""
    device_request.lock()
    latest = _latest_allocation(device_request)
    numbers = {"device": latest.device.number} if latest else {}  # the same when it is pressed again
    if device_request.move("release", by=by, numbers=numbers, is_locked=True, moved_at=clock.now()):
        _end(latest, by=by)


@transaction.atomic
def send_back(device_request: DeviceRequest, *, reason: str, by: User) -> None:
    """The association gives an approved request back to be corrected; it keeps its place and its price."""
    refuse_unknown_reason("send_back", reason)
    if device_request.move("send_back", by=by, reason=reason, moved_at=clock.now()):
        Mail.objects.plan(SENT_BACK, device_request)


@transaction.atomic
def reject(device_request: DeviceRequest, *, reason: str, by: User) -> None:
    """The association says no to an approved request; a laptop that was kept for it is free again."""
    refuse_unknown_reason("reject", reason)
    if device_request.move("reject", by=by, reason=reason, moved_at=clock.now()):
        end_allocation(device_request, by=by)
        Mail.objects.plan(REJECTED, device_request)


@transaction.atomic
def requeue(device_request: DeviceRequest, *, by: User) -> None:
    """After a return or a loss another laptop is sent: back to the queue, with the place and the price it had."""
    if device_request.move("requeue", by=by, moved_at=clock.now()):
        end_allocation(device_request, by=by)


@transaction.atomic
def give_up(device_request: DeviceRequest, *, reason: str, by: User) -> None:
    """After a return or a loss nothing more is sent."""
    refuse_unknown_reason("give_up", reason)
    if device_request.move("give_up", by=by, reason=reason, moved_at=clock.now()):
        end_allocation(device_request, by=by)


def refuse_unknown_reason(verb: str, reason: str) -> None:
    """Refuse what is none of the codes that this verb offers."""
    if reason not in REASONS[verb].values:
        raise Refused(_("Say why."))


def ship(device_request: DeviceRequest, *, parcel: str, by: User | None) -> None:
    """The parcel with the laptop leaves the house."""
    expected: dict[str, Any] = {"expected_on": at_the_door(clock.today()), "expected_by": ExpectedBy.POST}
    device_request.move("ship", by=by, numbers={"parcel": parcel}, moved_at=clock.now(), **expected)


def record_delivery(device_request: DeviceRequest, *, by: User | None) -> None:
    """The parcel has arrived."""
    device_request.move("record_delivery", by=by, moved_at=clock.now())


def record_return(device_request: DeviceRequest, *, by: User | None) -> None:
    """The parcel came back: where it should go is settled with the organisation."""
    device_request.move("record_return", by=by, moved_at=clock.now())


def record_loss(device_request: DeviceRequest, *, by: User | None) -> None:
    """Nobody knows where the parcel is."""
    device_request.move("record_loss", by=by, moved_at=clock.now())


def end_allocation(device_request: DeviceRequest, *, by: User) -> None:
    """Give the laptop back, if one is still kept for a request."""
    _end(_latest_allocation(device_request), by=by)


def _latest_allocation(device_request: DeviceRequest) -> Allocation | None:
    """The only one that can be live: a new one is not made beside it."""
    return device_request.allocations.select_related("device").order_by("pk").last()


def _end(allocation: Allocation | None, *, by: User) -> None:
    """Give the laptop back, if one is still kept."""
    if allocation and allocation.released_at is None:
        device_actions.release(allocation.device, number=allocation.request.number, by=by)
        allocation.released_at = clock.now()
        allocation.save(update_fields=["released_at"])
