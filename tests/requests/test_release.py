import pytest

from devices.models import Device
from requests import actions
from requests.models import Allocation, DeviceRequest

pytestmark = pytest.mark.django_db


def press(client, device_request):
    return client.post(f"{device_request.get_absolute_url()}release/")


def found():
    return DeviceRequest.objects.get().status, Device.objects.get().status, Allocation.objects.live().count()


@pytest.fixture
def allocated(make_approved, make_ready, dispatcher):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    return device_request


def test_releasing_gives_both_back(client, dispatcher, allocated):
    client.force_login(dispatcher)
    assert press(client, allocated).url == allocated.get_absolute_url()
    assert found() == ("approved", "ready", 0)


def test_only_dispatch_is_offered_it_and_only_while_there_is_a_laptop_to_take(
    client, dispatcher, social_worker, allocated
):
    for user, status, is_offered in (
        (dispatcher, "allocated", True),
        (dispatcher, "approved", False),
        (social_worker, "allocated", False),
    ):
        DeviceRequest.objects.update(status=status)
        client.force_login(user)
        page = client.get(allocated.get_absolute_url()).content.decode()
        assert (f"{allocated.get_absolute_url()}release/" in page) is is_offered


def test_twice_is_as_once(client, dispatcher, allocated):
    client.force_login(dispatcher)
    assert press(client, allocated).status_code == press(client, allocated).status_code == 302
    assert [step.verb for step in allocated.steps.all()] == ["receive", "approve", "allocate", "release"]


def test_it_never_approves_what_the_organisation_has_not(client, dispatcher, make_received):
    device_request = make_received()
    client.force_login(dispatcher)
    assert press(client, device_request).status_code == 303
    assert DeviceRequest.objects.get().status == "received"


@pytest.mark.parametrize("status", ["lost", "returned"])
def test_what_was_lost_or_came_back_does_not_queue_again_this_way(client, dispatcher, allocated, status):
    DeviceRequest.objects.update(status=status)
    client.force_login(dispatcher)
    assert press(client, allocated).status_code == 303
    assert found() == (status, "reserved", 1)


def test_a_shipped_laptop_is_not_taken_back(client, dispatcher, allocated):
    actions.ship(allocated, parcel="99.1", by=dispatcher)
    client.force_login(dispatcher)
    assert press(client, allocated).status_code == 303
    assert found() == ("shipped", "reserved", 1)


def test_it_is_for_dispatch_only_and_a_missing_one_is_404(client, dispatcher, social_worker, allocated):
    client.force_login(social_worker)
    assert press(client, allocated).status_code == 403
    assert found() == ("allocated", "reserved", 1)
    client.force_login(dispatcher)
    assert client.post("/requests/R-2026-999999/release/").status_code == 404
