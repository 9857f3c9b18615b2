from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from devices import actions as device_actions
from documents import ident_codes
from documents.models import StoredFile
from jobs.models import Batch, Claim, Job
from people.models import User
from records import clock
from records.lifecycle import note_many
from records.refusals import Refused, is_busy
from requests import actions as request_actions
from requests.lifecycle import RequestStatus
from requests.models import Allocation, DeviceRequest

from .carriers import Address, LabelFace
from .carriers.own_label import render_label
from .lifecycle import IN_HOUSE, ShipmentStatus
from .models import Label, Shipment, allocations_to_pack

MAKE_LABEL = "shipping.make_label"  # the kind of its job


@transaction.atomic
def pack(allocation: Allocation, *, by: User) -> Shipment:
    """Begin a parcel for an allocation and order its label; a second press gives the same parcel."""
    device_request = _lock_request(allocation.request_id, allocation.pk)
    shipment, is_new = Shipment.objects.live().get_or_create(
        allocation=allocation,
        defaults={
            "request": device_request,
            "device_id": allocation.device_id,
            "partner_id": allocation.partner_id,
        },
    )
    if is_new:
        shipment.note("pack", by=by, request=device_request.number)
        order_labels([shipment], by=by)
    return shipment


@transaction.atomic
def pack_all(*, by: User) -> int:
    """Begin a parcel for every laptop that is kept for a request, with one batch of labels; how many are new."""
    wanted = allocations_to_pack(DeviceRequest.objects.all()).values_list("request_id", flat=True)
    locked = DeviceRequest.objects.select_for_update(of=("self",)).filter(pk__in=list(wanted)).order_by("pk")
    keys = [request.pk for request in locked]
    allocations = allocations_to_pack(DeviceRequest.objects.filter(pk__in=keys))  # read again, now that they are locked
    shipments = Shipment.objects.bulk_create(
        Shipment(
            allocation=allocation,
            request=allocation.request,
            device_id=allocation.device_id,
            partner_id=allocation.partner_id,
        )
        for allocation in allocations.select_related("request").order_by("pk")
    )
    if shipments:
        note_many(shipments, "pack", by=by, numbers_for=lambda shipment: {"request": shipment.request.number})
        order_labels(shipments, by=by)
    return len(shipments)


def order_labels(shipments: list[Shipment], *, by: User) -> Batch:
    """Have a label made for each parcel, in one batch with one progress bar."""
    batch = Batch.objects.create(title=_("Labels"), owner=by, acting_for_id=by.acting_for_id)
    Job.objects.plan_many(MAKE_LABEL, shipments, batch=batch)
    return batch


def make_label(shipment: Shipment, claim: Claim) -> None:
    """Make the parcel's own A6 label: a new item number is committed first, the PDF after."""
    label = _draw_label(shipment)
    if label is None:
        return
    face = label_face(shipment, label.ident_code)
    content = render_label(face)
    with claim.held():
        shipment.request.lock()  # whoever corrects the address waits, or has just done so
        shipment.lock()
        if shipment.status != ShipmentStatus.PACKING:
            return
        if (face_now := label_face(shipment, label.ident_code)) != face:
            content = render_label(face_now)
        label.file = StoredFile.objects.store(content, media_type="application/pdf", name=f"{label.ident_code}.pdf")
        label.state, label.made_at = Label.State.MADE, clock.now()
        label.save(update_fields=["file", "state", "made_at"])
        numbers = {"parcel": label.ident_code}
        shipment.move("make_label", by=None, numbers=numbers, is_locked=True, ident_code=label.ident_code)


def label_face(shipment: Shipment, ident_code: str) -> LabelFace:
    """What stands on a parcel's label: to the person, or to the organisation's office with the request's number."""
    request, own = shipment.request, settings.ASSOCIATION
    sender = Address(own["name"], f"{own['street']} {own['house_number']}".strip(), own["postcode"], own["town"])
    to: Any = request.recipient if shipment.names_a_person else request.partner
    receiver = Address(
        name=to.name,
        street=f"{to.street} {to.house_number}".strip(),
        postcode=to.postcode,
        town=to.town,
        reference="" if shipment.names_a_person else request.number,
    )
    return LabelFace(ident_code=ident_code, recipient=receiver, sender=sender)


@transaction.atomic
def _draw_label(shipment: Shipment) -> Label | None:
    """The label that is ordered already, or a new one; None for a parcel that is no longer being packed.

    Drawn under the parcel's lock: whoever takes it out finds each label there is, and none stays ordered for ever.
    """
    if Shipment.objects.select_for_update(of=("self",)).get(pk=shipment.pk).status != ShipmentStatus.PACKING:
        return None
    if ordered := shipment.labels.filter(state=Label.State.ORDERED).last():
        return ordered
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('label_item_number')")
        (number,) = cursor.fetchone()
    return Label.objects.create(shipment=shipment, item_number=number, ident_code=ident_codes.from_item_number(number))


@transaction.atomic
def check_label(shipment: Shipment) -> None:
    """The first of the two scans: refuse a parcel that must not be closed now."""
    _lock_request(shipment.request_id, shipment.allocation_id, shipment)
    shipment.lock()
    if shipment.status not in IN_HOUSE:
        raise Refused(_never_again(shipment))
    if shipment.status != ShipmentStatus.LABELLED:
        raise Refused(_("This parcel has no label yet."))


@transaction.atomic
def close_parcel(shipment: Shipment, *, device_code: str, by: User) -> None:
    """Close a parcel: the label was scanned, and now the laptop that must be inside."""
    check_label(shipment)
    if not shipment.holds(device_code):
        raise Refused(_("Wrong laptop."))
    if shipment.closed_at is None:
        shipment.closed_at, shipment.closed_by = clock.now(), by
        shipment.save(update_fields=["closed_at", "closed_by"])
        shipment.note("close_parcel", by=by)


@transaction.atomic
def hand_over(shipment: Shipment, *, by: User) -> bool:
    """The parcel leaves the house: who pays and how much is copied from the request, under its lock.

    False if this very step was taken before.
    """
    request = _lock_request(shipment.request_id, shipment.allocation_id, shipment)
    shipment.device.lock()
    shipment.lock()
    if shipment.status == ShipmentStatus.LABELLED and shipment.closed_at is None:
        raise Refused(_("Close the parcel first: scan its label and the laptop."))
    now = clock.now()
    moved = shipment.move(
        "hand_over",
        by=by,
        is_locked=True,
        handed_over_at=now,
        handed_over_noted_at=now,
        bill_to_id=request.bill_to_id,
        price=request.price,
    )
    if moved:
        device_actions.ship(shipment.device, number=request.number, by=by)
        request_actions.ship(request, parcel=shipment.ident_code, by=by)
    return moved


@transaction.atomic
def record_delivery(shipment: Shipment, *, by: User | None) -> None:
    """The parcel has arrived."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    shipment.device.lock()
    if shipment.move("record_delivery", by=by):
        device_actions.record_delivery(shipment.device, number=request.number, by=by)
        request_actions.record_delivery(request, by=by)


@transaction.atomic
def record_return(shipment: Shipment, *, by: User | None) -> None:
    """The parcel came back, and with it the laptop."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    shipment.device.lock()
    if shipment.move("record_return", by=by):
        device_actions.record_return(shipment.device, number=request.number, by=by)
        request_actions.record_return(request, by=by)


@transaction.atomic
def record_loss(shipment: Shipment, *, by: User | None) -> None:
    """Nobody knows where the parcel is, nor the laptop in it."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    shipment.device.lock()
    if shipment.move("record_loss", by=by):
        device_actions.record_loss(shipment.device, number=request.number, by=by)
        request_actions.record_loss(request, by=by)


@transaction.atomic
def take_out(shipment: Shipment, *, by: User | None) -> None:
    """Cancel a parcel whose laptop is no longer the request's; its label must not be used."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    if Allocation.objects.live().filter(pk=shipment.allocation_id).exists():
        raise Refused(_("%(number)s is not withdrawn: its parcel stays.") % {"number": request})
    if shipment.lock().status == ShipmentStatus.CANCELLED:
        return  # the clock was faster, or another dispatcher
    if shipment.move("take_out", by=by, is_locked=True):
        shipment.labels.filter(state__in=[Label.State.ORDERED, Label.State.MADE]).update(state=Label.State.TO_VOID)


def take_out_withdrawn() -> None:
    """Take out what the house still holds though its request was withdrawn; the clock does it."""
    for shipment in Shipment.objects.withdrawn().order_by("pk"):
        try:
            take_out(shipment, by=None)
        except (Refused, OperationalError) as error:
            if not (isinstance(error, Refused) or is_busy(error)):  # what somebody holds is taken out next time
                raise


@transaction.atomic
def void_labels(shipment: Shipment, *, by: User) -> None:
    """The labels of a parcel that was taken out are thrown away; pressed again, nothing is left to do."""
    shipment.lock()
    if shipment.labels.to_void().update(state=Label.State.VOID):
        shipment.note("void_labels", by=by)


def _lock_request(request_id: int, allocation_id: int, shipment: Shipment | None = None) -> DeviceRequest:
    """Lock the request, so that nobody withdraws it meanwhile; refuse when its laptop was taken away already.

    The refusal says what to do with the parcel, if one was begun.
    """
    request = DeviceRequest.objects.get(pk=request_id).lock()
    if Allocation.objects.live().filter(pk=allocation_id).exists():
        return request
    is_withdrawn = request.status == RequestStatus.WITHDRAWN
    if shipment is None:
        withdrawn, moved_on = _("%(number)s was withdrawn."), _("%(number)s no longer has this laptop.")
    elif shipment.lock().status in IN_HOUSE:
        withdrawn = _("%(number)s was withdrawn: take it out.")
        moved_on = _("%(number)s no longer has this laptop: take it out.")
    else:
        raise Refused(_never_again(shipment))
    raise Refused((withdrawn if is_withdrawn else moved_on) % {"number": request})


def _never_again(shipment: Shipment) -> str:
    """Why a parcel that isn't in the house any more is neither closed nor handed over."""
    if shipment.handed_over_at:
        return _("This parcel has left the house.")
    return _("The parcel was taken out. Its label must not be used.")
