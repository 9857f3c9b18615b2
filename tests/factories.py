"""Rows that many tests begin with: by the verbs of the walk where its rules matter, else straight into the tables."""

from itertools import count

from django.db import transaction

from billing import actions as billing
from billing.models import CreditorAccount
from devices import actions as devices
from devices.checklist import POINTS
from devices.models import Device
from partners import actions as partners
from partners.models import Agreement, BillTo, Commune, Partner
from records import clock
from requests import actions as requests
from requests.models import Allocation, DeviceRequest, Recipient
from shipping.models import Shipment

PERSON = {"first_name": "Samira", "last_name": "Wenger", "street": "Mühlegasse", "postcode": "3400", "town": "Burgdorf"}
WISH = {"case_reference": "LT-1", "purpose": "school", "keyboard": "ch-de", "delivery": "person"}
TAGS = count(1)
SIGNED_AT = "2023-01-12T09:00Z"


def burgdorf():
    return Commune.objects.get_or_create(bfs_no=404, name="Burgdorf", canton="BE", language="de")[0]


@transaction.atomic
def active_partner(name, *, postcode="3400", town="Burgdorf", signed_on="2023-01-10", **columns):
    """An organisation with all that an active one needs: address, payer and agreement."""
    where = {"street": "Hauptstrasse", "house_number": "1", "postcode": postcode, "town": town}
    partner = Partner.objects.create(name=name, **where, **columns)
    BillTo.objects.create(partner=partner, name=name, email="kasse@example.org", **where)
    Agreement.objects.create(
        partner=partner, version="2023.1", signed_on=signed_on, signed_by="Nina Aebi", countersigned_at=SIGNED_AT
    )
    partner.status = "active"
    partner.save()
    return partner


def creditor_account():
    """The association's account, with the sample IBANs of the QR-bill's guidelines."""
    return CreditorAccount.objects.create(
        iban="CH5800791123000889012", qr_iban="CH4431999123000889012", valid_from="2020-01-01"
    )


def receive(partner, *, by, recipient=PERSON, form_token=None, **columns):
    """A request as its organisation wrote it down."""
    wish = WISH | {"commune": burgdorf()} | columns
    if "bill_to" not in wish:
        wish["bill_to"] = partner.bill_tos.get()
    found = requests.receive(partner=partner, owner=by, recipient=dict(recipient), form_token=form_token, **wish)
    found.refresh_from_db()
    return found


def asked_by_link(partner, *, by, recipient=PERSON):
    """A request as a person asked for it by the organisation's link: nobody has added who pays yet."""
    link = partners.open_intake_link(partner, by=by)
    found = DeviceRequest.objects.create(
        partner=partner, intake_link=link, purpose="school", keyboard="ch-de", delivery="person"
    )
    Recipient.objects.create(request=found, partner=partner, **recipient)
    found.note("receive", by=None)
    found.refresh_from_db()
    return found


def ready_laptop(tag, *, by, **columns):
    """A laptop without a drive that was checked."""
    device, _is_new = devices.receive(asset_tag=tag, by=by, drives=[], **columns)
    device.refresh_from_db()
    with transaction.atomic():
        device.move("record_erasure", by=by)
    devices.mark_ready(device, points=list(POINTS), grade="A", by=by)
    return device


def request_of(bill_to, **columns):
    """The row of an approved request; its person only if `recipient` names one."""
    person = columns.pop("recipient", None)
    row = {"commune": burgdorf(), "price": 150, "approved_at": "2026-10-01T08:00Z", "status": "allocated", **columns}
    request = DeviceRequest.objects.create(partner=bill_to.partner, bill_to=bill_to, **WISH | row)
    if person is not None:
        Recipient.objects.create(request=request, partner=bill_to.partner, **person)
    request.refresh_from_db()
    return request


def allocation_of(request, *, device=None, **columns):
    """The row that keeps a laptop for a request; a new one if none is given."""
    device = device or Device.objects.create(asset_tag=f"TAG-{next(TAGS)}")
    return Allocation.objects.create(request=request, partner=request.partner, device=device, **columns)


def kept_laptops(bill_tos):
    """The rows of approved requests that have their laptop, one per unit that pays: for lists, many at once."""
    rows = {"commune": burgdorf(), "price": 150, "approved_at": "2026-10-01T08:00Z", "status": "allocated", **WISH}
    requests = DeviceRequest.objects.bulk_create(
        DeviceRequest(partner_id=bill_to.partner_id, bill_to=bill_to, **rows) for bill_to in bill_tos
    )
    devices = Device.objects.bulk_create(
        Device(asset_tag=f"TAG-{next(TAGS)}", shelf=f"B-{request.pk % 7}") for request in requests
    )
    return Allocation.objects.bulk_create(
        Allocation(request=request, partner_id=request.partner_id, device=device)
        for request, device in zip(requests, devices, strict=True)
    )


def parcels_of(allocations, **columns):
    """The rows of a parcel for each of these, each with what the columns' functions say of its allocation."""
    return Shipment.objects.bulk_create(
        Shipment(
            allocation=allocation,
            request=allocation.request,
            device=allocation.device,
            partner_id=allocation.partner_id,
            **{name: value(allocation) if callable(value) else value for name, value in columns.items()},
        )
        for allocation in allocations
    )


def parcel_of(allocation, **columns):
    """The row of a parcel."""
    return Shipment.objects.create(
        allocation=allocation,
        request=allocation.request,
        device=allocation.device,
        partner=allocation.partner,
        **columns,
    )


def handed_over(bill_to, at="2026-10-20T08:00Z"):
    """What a parcel's row says once it has left the house."""
    out = {"handed_over_at": at, "handed_over_noted_at": at}
    return {"status": "handed_over", "bill_to": bill_to, "price": 150, **out}


def issue(bill_to, month):
    """The invoice of a month, the long way: drafted from its parcels, then issued."""
    draft = billing.close_bill_to(bill_to, month, by=None)
    billing.issue(draft, by=None)
    return draft


def draft_notice(audience, *, by, **columns):
    """A notice that nobody sees yet."""
    days = {"from_on": clock.today(), "until_on": clock.today()}
    words = {"de": ("Geschlossen", "Wir sind im Januar wieder da.")}
    return partners.create_notice(days | {"audience": audience} | columns, words, by=by)


def notice(audience, *, by, **columns):
    """A notice that is shown today."""
    found = draft_notice(audience, by=by, **columns)
    partners.publish_notice(found, by=by)
    return found
