import pytest

from devices.models import Device
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(make_received):
    return f"{make_received().get_absolute_url()}approve/"


def status_of(url):
    return DeviceRequest.objects.get(number=url.split("/")[2]).status


def test_approving_registers_it_and_twice_is_as_once(client, social_worker, url):
    client.force_login(social_worker)
    assert client.post(url).status_code == client.post(url).status_code == 302
    assert status_of(url) == "approved"
    assert [step.verb for step in DeviceRequest.objects.get().steps.all()] == ["receive", "approve"]


def test_approving_freezes_the_price(make_approved):
    assert str(make_approved().price) == "150.00"


@pytest.mark.parametrize("status", ["allocated", "lost", "returned"])
def test_an_old_page_does_not_put_a_request_with_a_laptop_back_into_the_queue(
    client, social_worker, dispatcher, make_approved, make_ready, status
):
    device_request = make_approved()
    actions.allocate(device_request, make_ready(), by=dispatcher)
    DeviceRequest.objects.update(status=status)
    client.force_login(social_worker)
    answer = client.post(f"{device_request.get_absolute_url()}approve/", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert (DeviceRequest.objects.get().status, Device.objects.get().status) == (status, "reserved")


def test_a_request_that_is_examined_once_more_keeps_its_price_and_its_place(make_approved, social_worker):
    device_request = make_approved()
    DeviceRequest.objects.update(status="received", price=77, approved_at="2026-01-02T08:00Z")
    actions.approve(DeviceRequest.objects.get(), by=social_worker)
    found = DeviceRequest.objects.get()
    assert (found.status, found.price, found.approved_at.isoformat()) == ("approved", 77, "2026-01-02T08:00:00+00:00")
    assert found.approved_by == device_request.approved_by == social_worker


def test_a_declined_request_is_not_approved(client, social_worker, url):
    client.force_login(social_worker)
    client.post(url.replace("approve", "decline"), {"reason": "has_one"})
    answer = client.post(url, headers={"accept": "application/json"})
    assert (answer.status_code, status_of(url)) == (409, "declined")


def test_a_stranger_gets_404_and_nothing_changes(client, stranger, url):
    client.force_login(stranger)
    assert client.post(url).status_code == 404
    assert status_of(url) == "received"


def test_the_association_never_approves(client, dispatcher, url):
    client.force_login(dispatcher)
    assert client.post(url).status_code == 403
    with pytest.raises(Refused):
        actions.approve(DeviceRequest.objects.get(), by=dispatcher)
    assert status_of(url) == "received"


def test_looking_changes_nothing(client, social_worker, url):
    client.force_login(social_worker)
    assert client.get(url).status_code == 405
