from itertools import count

import pytest
from django.db import transaction

from devices import actions as device_actions
from devices.checklist import POINTS
from devices.models import Device
from jobs import actions as job_actions
from jobs.models import Job, subject_of
from requests import actions as request_actions
from requests.models import Allocation, DeviceRequest, Recipient
from shipping import actions
from shipping.models import Shipment

PERSON = {"first_name": "Samira", "last_name": "Wenger", "street": "Mühlegasse", "postcode": "3400", "town": "Burgdorf"}
NUMBERS = count(1)


@pytest.fixture
def make_allocation(partner, social_worker, commune, volunteer, dispatcher):
    """A laptop kept for a request, both brought there by the actions of the walk."""

    def make(shelf=""):
        number = next(NUMBERS)
        request = request_actions.receive(
            partner=partner, owner=social_worker, recipient=PERSON, form_token=None, bill_to=partner.bill_tos.get(),
            commune=commune, case_reference=f"LT-{number}", purpose="school", keyboard="ch-de", delivery="person",
        )  # fmt: skip
        request_actions.approve(request, by=social_worker)
        device, _is_new = device_actions.receive(asset_tag=f"TAG-{number}", by=volunteer, drives=[], shelf=shelf)
        device.refresh_from_db()
        with transaction.atomic():
            device.move("erased", verb="no_drives", by=volunteer)
        device_actions.mark_ready(device, points=list(POINTS), grade="A", by=volunteer)
        return request_actions.allocate(request, device, by=dispatcher)

    return make


def run_label_jobs():
    for job in Job.objects.due().order_by("pk"):
        assert job_actions.run(job.pk)


@pytest.fixture
def make_labelled(make_allocation, dispatcher):
    """A parcel with its label, made by the job."""

    def make(shelf=""):
        shipment = actions.pack(make_allocation(shelf), by=dispatcher)
        assert job_actions.run(Job.objects.get(subject=subject_of(shipment)).pk)
        shipment.refresh_from_db()
        return shipment

    return make


@pytest.fixture
def make_closed(make_labelled, volunteer):
    def make(shelf=""):
        shipment = make_labelled(shelf)
        actions.close_parcel(shipment, device_code=shipment.device.number, by=volunteer)
        return shipment

    return make


@pytest.fixture
def make_handed_over(partner, commune):
    """Parcels that left the house, written straight into the tables: many at once, for lists."""

    def make(count):
        bill_to = partner.bill_tos.get()
        made = []
        for _time in range(count):
            number = next(NUMBERS)
            request = DeviceRequest.objects.create(
                partner=partner, bill_to=bill_to, commune=commune, case_reference=f"LT-{number}", purpose="school",
                keyboard="ch-de", delivery="person", price=150, approved_at="2026-10-01T08:00Z", status="shipped",
            )  # fmt: skip
            Recipient.objects.create(request=request, partner=partner, **PERSON)
            device = Device.objects.create(asset_tag=f"TAG-{number}")
            allocation = Allocation.objects.create(request=request, partner=partner, device=device)
            shipment = Shipment.objects.create(
                allocation=allocation, request=request, device=device, partner=partner, status="handed_over",
                ident_code=f"9900000001{number:08}", bill_to=bill_to, price=150,
                handed_over_at="2026-10-20T08:00Z", handed_over_noted_at="2026-10-20T08:00Z",
            )  # fmt: skip
            made.append(shipment)
        return made

    return make


@pytest.fixture
def withdraw(social_worker):
    def withdraw(shipment):
        request_actions.withdraw(DeviceRequest.objects.get(pk=shipment.request_id), by=social_worker)

    return withdraw


@pytest.fixture
def make_withdrawn(make_labelled, withdraw):
    def make():
        shipment = make_labelled()
        withdraw(shipment)
        return shipment

    return make


@pytest.fixture
def make_taken_out(make_withdrawn):
    """A parcel that was taken out and whose label still lies about."""

    def make():
        shipment = make_withdrawn()
        actions.take_out(shipment, by=None)
        return shipment

    return make
