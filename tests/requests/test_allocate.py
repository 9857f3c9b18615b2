import pytest
from django.db import IntegrityError, transaction

from devices import actions as device_actions
from devices.checklist import POINTS
from devices.models import Device
from people.lifecycle import Refused
from requests import actions
from requests.models import Allocation, DeviceRequest

pytestmark = pytest.mark.django_db
PERSON = {"first_name": "Samira", "last_name": "Wenger", "street": "Mühlegasse", "postcode": "3400", "town": "Burgdorf"}


@pytest.fixture
def make_request(partner, social_worker, commune):
    def make(reference="LT-2026-0388", **columns):
        device_request = actions.receive(
            partner=partner, owner=social_worker, recipient=PERSON, form_token=None, bill_to=partner.bill_tos.get(),
            commune=commune, case_reference=reference, purpose="school", keyboard="ch-de", delivery="person", **columns,
        )  # fmt: skip
        actions.approve(device_request, by=social_worker)
        return device_request

    return make


@pytest.fixture
def device(volunteer):
    device, _is_new = device_actions.receive(asset_tag="X1", by=volunteer, drives=[])
    device.refresh_from_db()
    with transaction.atomic():
        device.move("erased", verb="no_drives", by=volunteer)
    device_actions.mark_ready(device, points=list(POINTS), grade="A", by=volunteer)
    return device


def test_approving_registers_the_request_and_freezes_the_price(make_request):
    device_request = make_request()
    assert (device_request.status, str(device_request.price)) == ("approved", "150.00")
    assert device_request.number.startswith("R-20")


def test_approving_twice_is_as_approving_once(make_request, social_worker):
    device_request = make_request()
    actions.approve(device_request, by=social_worker)
    assert [step.verb for step in device_request.steps.all()] == ["receive", "approve"]


def test_only_the_organisation_itself_approves(make_request, dispatcher):
    with pytest.raises(Refused):
        actions.approve(make_request(), by=dispatcher)


def test_a_name_in_the_case_reference_is_refused(make_request):
    with pytest.raises(Refused, match="invoice"):
        make_request("wenger-1")


def test_the_same_device_goes_to_one_request_only(make_request, device, dispatcher):
    first, second = make_request(), make_request("LT-2")
    actions.allocate(first, device, by=dispatcher)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        actions.allocate(second, device, by=dispatcher)
    assert refused.value.__cause__.diag.constraint_name == "one_live_allocation_per_device"
    assert DeviceRequest.objects.get(pk=second.pk).status == "approved"


def test_allocating_twice_is_as_allocating_once(make_request, device, dispatcher):
    device_request = make_request()
    actions.allocate(device_request, device, by=dispatcher)
    actions.allocate(device_request, device, by=dispatcher)
    assert Allocation.objects.count() == 1


def test_releasing_gives_both_back(make_request, device, dispatcher):
    device_request = make_request()
    actions.allocate(device_request, device, by=dispatcher)
    actions.release(device_request, by=dispatcher)
    assert (device_request.status, Device.objects.get().status) == ("approved", "ready")
    assert Allocation.objects.live().count() == 0


def test_withdrawing_frees_the_laptop(make_request, device, dispatcher, social_worker):
    device_request = make_request()
    actions.allocate(device_request, device, by=dispatcher)
    actions.withdraw(device_request, by=social_worker)
    assert (device_request.status, Device.objects.get().status) == ("withdrawn", "ready")
