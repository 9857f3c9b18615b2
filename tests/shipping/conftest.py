import pytest

from jobs import actions as job_actions
from jobs.models import Job, job_subject
from requests import actions as request_actions
from requests.models import DeviceRequest
from shipping import actions
from tests import factories


@pytest.fixture
def make_allocation(partner, social_worker, volunteer, dispatcher):
    """A laptop kept for a request, both brought there by the actions of the walk."""

    def make(shelf=""):
        request = factories.receive(partner, by=social_worker)
        request_actions.approve(request, by=social_worker)
        device = factories.ready_laptop(f"X{request.pk}", by=volunteer, shelf=shelf)
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
        assert job_actions.run(Job.objects.get(subject=job_subject(shipment)).pk)
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
def make_handed_over(partner):
    """Parcels that left the house, written straight into the tables: many at once, for lists."""

    def make(count):
        bill_to = partner.bill_tos.get()
        made = []
        for number in range(count):
            request = factories.request_of(
                bill_to, recipient=factories.PERSON, case_reference=f"LT-{number}", status="shipped"
            )
            code = f"9900000001{request.pk:08}"
            allocation = factories.allocation_of(request)
            made.append(factories.parcel_of(allocation, ident_code=code, **factories.handed_over(bill_to)))
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
