"""A request on its way with everything that hangs on it, of a person whose name stands nowhere else."""

from datetime import date

import pytest
from django.utils import timezone

from devices.models import Device
from documents.models import StoredFile
from partners.models import Membership
from shipping.models import Label
from tests import factories

FIRST, LAST, STREET = "Xenophilia", "Quastenberger", "Irrlichtgasse"
PROOF = b"%PDF-1.7 <script>alert(document.domain)</script>"
CODE = "990000000000000417"


@pytest.fixture
def device_request(partner, social_worker, dispatcher):
    """Allocated, with a proof, a labelled parcel, a device that tells of it, and an earlier parcel on an invoice."""
    bill_to = partner.bill_tos.get()
    proof = StoredFile.objects.store(PROOF, media_type="application/pdf", name="proof.pdf")
    person = {"first_name": FIRST, "last_name": LAST, "street": STREET, "postcode": "3400", "town": "Burgdorf"}
    found = factories.request_of(
        bill_to,
        recipient=person,
        owner=social_worker,
        approved_at=timezone.now(),
        approved_by=social_worker,
        proof=proof,
    )
    device = Device.objects.create(asset_tag="T1", status="reserved", grade="A", shelf="A1")
    device.note("receive", by=dispatcher, request=found.number)
    allocation = factories.allocation_of(found, device=device)
    shipment = factories.parcel_of(allocation, status="labelled", ident_code=CODE)
    Label.objects.create(
        shipment=shipment, item_number=417, ident_code=CODE, state="made", file=proof, made_at=timezone.now()
    )
    found.note("receive", by=social_worker, parcel=CODE, device=device.number)
    _bill(found, bill_to)
    return found


def _bill(found, bill_to):
    noon = "2020-01-20T12:00Z"
    factories.creditor_account()
    earlier = factories.allocation_of(found, allocated_at=noon, released_at=noon)
    factories.parcel_of(earlier, **factories.handed_over(bill_to, noon))
    factories.issue(bill_to, date(2020, 1, 1))


@pytest.fixture
def make_member(make_user, partner):
    def make(role):
        user = make_user(f"{role}@example.org")
        Membership.objects.create(user=user, partner=partner, role=role)
        return user

    return make
