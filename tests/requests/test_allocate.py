import pytest
from django.db import IntegrityError, transaction

from devices.models import Device
from records.refusals import Refused
from requests import actions
from requests.models import Allocation, DeviceRequest

pytestmark = pytest.mark.django_db


def test_the_same_device_goes_to_one_request_only(make_approved, make_ready, dispatcher):
    first, second, device = make_approved("LT-1"), make_approved("LT-2"), make_ready()
    actions.allocate(first, device, by=dispatcher)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        actions.allocate(second, device, by=dispatcher)
    assert refused.value.__cause__.diag.constraint_name == "one_live_allocation_per_device"
    assert DeviceRequest.objects.get(pk=second.pk).status == "approved"


def test_a_colleague_who_was_slower_is_not_told_that_it_was_theirs(make_approved, make_ready, dispatcher, admin):
    device_request, device = make_approved(), make_ready()
    actions.allocate(device_request, device, by=dispatcher)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        actions.allocate(device_request, device, by=admin)
    assert refused.value.__cause__.diag.constraint_name.startswith("one_live_allocation_per_")
    assert Allocation.objects.get().by == dispatcher


def test_a_request_gets_one_device_only(make_approved, make_ready, dispatcher):
    device_request, first, second = make_approved(), make_ready("X1"), make_ready("X2")
    actions.allocate(device_request, first, by=dispatcher)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        actions.allocate(device_request, second, by=dispatcher)
    assert refused.value.__cause__.diag.constraint_name == "one_live_allocation_per_request"
    assert Device.objects.get(pk=second.pk).status == "ready"


def test_allocating_twice_is_as_allocating_once(make_approved, make_ready, dispatcher):
    device_request, device = make_approved(), make_ready()
    actions.allocate(device_request, device, by=dispatcher)
    actions.allocate(device_request, device, by=dispatcher)
    assert Allocation.objects.count() == 1


@pytest.mark.parametrize("status", ["erased", "repair", "missing", "scrapped"])
def test_only_a_ready_laptop_is_given(make_approved, make_ready, dispatcher, status):
    device_request, device = make_approved(), make_ready()
    Device.objects.update(status=status)
    with pytest.raises(Refused):
        actions.allocate(device_request, device, by=dispatcher)
    assert (Device.objects.get().status, Allocation.objects.count()) == (status, 0)


@pytest.mark.parametrize(
    ("columns", "lacks"),
    [
        ({"system": "windows"}, "the system asked for"),
        ({"keyboard": "ch-fr"}, "the right keyboard"),
        ({"memory_gb": 2}, "enough memory"),
        ({"grade": "C"}, "grade A or B"),
        ({"grade": "C", "keyboard": "ch-fr"}, "the right keyboard, grade A or B"),
    ],
)
def test_a_laptop_that_does_not_suit_is_not_given(make_approved, make_ready, dispatcher, columns, lacks):
    device_request, device = make_approved(), make_ready()
    Device.objects.update(**columns)  # after the page with the match was shown
    with pytest.raises(Refused, match=f"{device} does not suit. It lacks: {lacks}."):
        actions.allocate(device_request, device, by=dispatcher)
    assert (Device.objects.get().status, Allocation.objects.count()) == ("ready", 0)


def test_a_request_that_was_not_approved_gets_none(make_received, make_ready, dispatcher):
    with pytest.raises(Refused):
        actions.allocate(make_received(), make_ready(), by=dispatcher)
    assert (Device.objects.get().status, Allocation.objects.count()) == ("ready", 0)


def test_a_suspended_organisations_requests_pause(make_approved, make_ready, dispatcher, partner):
    device_request = make_approved()
    with transaction.atomic():
        partner.move("suspend", by=None)
    with pytest.raises(Refused, match="suspended"):
        actions.allocate(device_request, make_ready(), by=dispatcher)
    assert Allocation.objects.count() == 0
