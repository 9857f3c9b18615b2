import pytest

from devices.models import Device
from requests import actions
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db


def test_withdrawing_says_what_it_does_and_frees_the_laptop(
    client, social_worker, dispatcher, make_approved, make_ready
):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    client.force_login(social_worker)
    url = f"{device_request.get_absolute_url()}withdraw/"
    assert "becomes free" in client.get(url).content.decode()
    for _time in range(2):
        assert client.post(url).url == device_request.get_absolute_url()
    assert f"{device_request} is withdrawn." in client.get(device_request.get_absolute_url()).content.decode()
    assert (DeviceRequest.objects.get().status, Device.objects.get().status) == ("withdrawn", "ready")


def test_a_shipped_request_is_not_withdrawn(client, social_worker, dispatcher, make_approved, make_ready):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    actions.ship(device_request, parcel="99.1", by=dispatcher)
    client.force_login(social_worker)
    answer = client.post(f"{device_request.get_absolute_url()}withdraw/", headers={"accept": "application/json"})
    assert (answer.status_code, DeviceRequest.objects.get().status) == (409, "shipped")
    assert answer.json()["detail"].startswith(f"{device_request} is “Shipped” already")


@pytest.mark.parametrize("status", ["lost", "returned"])
def test_what_came_back_or_was_lost_is_not_for_the_organisation_to_withdraw(
    client, social_worker, dispatcher, make_approved, make_ready, status
):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    DeviceRequest.objects.update(status=status)
    client.force_login(social_worker)
    assert "/withdraw/" not in client.get(device_request.get_absolute_url()).content.decode()
    assert client.post(f"{device_request.get_absolute_url()}withdraw/").status_code == 303
    assert (DeviceRequest.objects.get().status, Device.objects.get().status) == (status, "reserved")


def test_a_stranger_gets_404_and_nothing_changes(client, stranger, make_received):
    client.force_login(stranger)
    assert client.post(f"{make_received().get_absolute_url()}withdraw/").status_code == 404
    assert DeviceRequest.objects.get().status == "received"
