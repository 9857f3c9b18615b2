"""A request on its way with everything that hangs on it, of a person whose name stands nowhere else."""

from datetime import date

import pytest
from django.utils import timezone

from billing import actions as billing
from billing.models import CreditorAccount
from devices.models import Device
from documents.models import StoredFile
from partners.models import Membership
from requests.models import Allocation, DeviceRequest, Recipient
from shipping.models import Label, Shipment

FIRST, LAST, STREET = "Xenophilia", "Quastenberger", "Irrlichtgasse"
PROOF = b"%PDF-1.7 <script>alert(document.domain)</script>"
CODE = "990000000000000417"


@pytest.fixture
def device_request(partner, commune, social_worker, dispatcher):
    """Allocated, with a proof, a labelled parcel, a device that tells of it, and an earlier parcel on an invoice."""
    bill_to = partner.bill_tos.get()
    proof = StoredFile.objects.keep(PROOF, media_type="application/pdf", name="proof.pdf")
    found = DeviceRequest.objects.create(
        partner=partner, owner=social_worker, bill_to=bill_to, commune=commune, case_reference="LT-1",
        purpose="school", keyboard="ch-de", delivery="person", price=150, approved_at=timezone.now(),
        approved_by=social_worker, status="allocated", proof=proof,
    )  # fmt: skip
    Recipient.objects.create(
        request=found,
        partner=partner,
        first_name=FIRST,
        last_name=LAST,
        street=STREET,
        postcode="3400",
        town="Burgdorf",
    )
    found.refresh_from_db()
    device = Device.objects.create(asset_tag="T1", status="reserved", grade="A", shelf="A1")
    device.note("reserve", by=dispatcher, request=found.number)
    allocation = Allocation.objects.create(request=found, partner=partner, device=device)
    parcel = {"request": found, "partner": partner}
    shipment = Shipment.objects.create(
        allocation=allocation, device=device, status="labelled", ident_code=CODE, **parcel
    )
    Label.objects.create(
        shipment=shipment, item_number=417, ident_code=CODE, state="made", file=proof, made_at=timezone.now()
    )
    found.note("receive", by=social_worker, parcel=CODE, device=device.number)
    _bill(parcel, bill_to)
    return found


def _bill(parcel, bill_to):
    noon = "2020-01-20T12:00Z"
    CreditorAccount.objects.create(
        iban="CH5800791123000889012", qr_iban="CH4431999123000889012", valid_from="2020-01-01"
    )
    device = Device.objects.create(asset_tag="T2")
    earlier = Allocation.objects.create(
        request=parcel["request"], partner=parcel["partner"], device=device, allocated_at=noon, released_at=noon
    )
    Shipment.objects.create(
        allocation=earlier, device=device, status="handed_over", bill_to=bill_to, price=150, handed_over_at=noon,
        handed_over_noted_at=noon, **parcel,
    )  # fmt: skip
    billing.issue(billing.close(bill_to, date(2020, 1, 1), by=None), by=None)


@pytest.fixture
def make_member(make_user, partner):
    def make(role):
        user = make_user(f"{role}@example.org")
        Membership.objects.create(user=user, partner=partner, role=role)
        return user

    return make
