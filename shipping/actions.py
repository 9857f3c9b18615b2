from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from devices import actions as device_actions
from documents.models import StoredFile
from jobs.models import Batch, Claim, Job
from people.lifecycle import Refused
from people.models import User
from requests import actions as request_actions
from requests.models import Allocation, DeviceRequest

from .carriers import Address, LabelFace
from .carriers.own_label import render_label
from .models import Label, Shipment

Status = Shipment.Status


@transaction.atomic
def pack(allocation: Allocation, *, by: User) -> Shipment:
    """Begin a parcel for an allocation and order its label; a second press gives the same parcel."""
    device_request = DeviceRequest.objects.get(pk=allocation.request_id).lock()
    if not Allocation.objects.live().filter(pk=allocation.pk).exists():
        raise Refused(_("%(number)s was withdrawn: take it out.") % {"number": device_request})
    shipment, is_new = Shipment.objects.live().get_or_create(
        allocation=allocation,
        defaults={
            "request": device_request, "device_id": allocation.device_id, "partner_id": allocation.partner_id,
        },
    )  # fmt: skip
    if is_new:
        shipment.note("pack", by=by, request=device_request.number)
        order_labels([shipment], by=by)
    return shipment


def order_labels(shipments: list[Shipment], *, by: User) -> Batch:
    """Have a label made for each parcel, in one batch with one progress bar."""
    batch = Batch.objects.create(title="labels", owner=by, acting_for_id=by.acting_for_id)
    Job.objects.plan_many("shipping.make_label", shipments, batch=batch)
    return batch


def make_label(shipment: Shipment, claim: Claim) -> None:
    """Make the parcel's own A6 label: a new item number is committed first, the PDF after."""
    if shipment.status != Status.PACKING:
        return
    label = shipment.labels.filter(state=Label.State.ORDERED).last() or _draw_label(shipment)
    recipient = shipment.request.recipient
    content = render_label(
        LabelFace(
            ident_code=label.ident_code,
            recipient=Address(
                name=recipient.name,
                street=f"{recipient.street} {recipient.house_number}".strip(),
                postcode=recipient.postcode,
                town=recipient.town,
            ),
            sender=_association(),
        )
    )
    with claim.held():
        shipment.lock()
        if shipment.status != Status.PACKING:
            return
        label.file = StoredFile.objects.keep(content, media_type="application/pdf", name=f"{label.ident_code}.pdf")
        label.state, label.made_at = Label.State.MADE, timezone.now()
        label.save(update_fields=["file", "state", "made_at"])
        shipment.move(
            Status.LABELLED, verb="label", by=None, numbers={"parcel": label.ident_code}, ident_code=label.ident_code
        )


def _association():
    own = settings.ASSOCIATION
    return Address(
        name=own["name"], street=f"{own['street']} {own['house_number']}", postcode=own["postcode"], town=own["town"]
    )  # fmt: skip


def _draw_label(shipment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('label_item_number')")
        (number,) = cursor.fetchone()
    return Label.objects.create(shipment=shipment, item_number=number, ident_code=f"9900000000{number:08}")


@transaction.atomic
def close_parcel(shipment: Shipment, *, device_code: str, by: User) -> None:
    """Close a parcel: the label was scanned, and now the laptop that must be inside."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    shipment.lock()
    if not Allocation.objects.live().filter(pk=shipment.allocation_id).exists():
        raise Refused(_("%(number)s was withdrawn: take it out.") % {"number": request})
    if device_code.strip().upper() not in (shipment.device.number, shipment.device.asset_tag):
        raise Refused(_("Stop. Wrong laptop."))
    if shipment.status != Status.LABELLED:
        raise Refused(_("This parcel has no label yet, or has left the house."))
    if shipment.closed_at is None:
        shipment.closed_at, shipment.closed_by = timezone.now(), by
        shipment.save(update_fields=["closed_at", "closed_by"])
        shipment.note("close", by=by)


@transaction.atomic
def hand_over(shipment: Shipment, *, by: User) -> None:
    """The parcel leaves the house: who pays and how much is copied from the request, under its lock."""
    request = DeviceRequest.objects.get(pk=shipment.request_id).lock()
    shipment.device.lock()
    if not Allocation.objects.live().filter(pk=shipment.allocation_id).exists():
        raise Refused(_("%(number)s was withdrawn: take it out.") % {"number": request})
    shipment.lock()
    if shipment.status == Status.LABELLED and shipment.closed_at is None:
        raise Refused(_("Close the parcel first: scan its label and the laptop."))
    now = timezone.now()
    moved = shipment.move(
        Status.HANDED_OVER, verb="hand_over", by=by, handed_over_at=now, handed_over_noted_at=now,
        bill_to_id=request.bill_to_id, price=request.price,
    )  # fmt: skip
    if moved:
        device_actions.mark_shipped(shipment.device, number=request.number, by=by)
        request_actions.mark_shipped(request, parcel=shipment.ident_code, by=by)
