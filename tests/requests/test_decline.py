import pytest

from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(make_received):
    return f"{make_received().get_absolute_url()}decline/"


def status():
    return DeviceRequest.objects.get().status


def test_declining_asks_why_and_keeps_the_reason_as_a_code(client, social_worker, url):
    client.force_login(social_worker)
    assert "One thing to mend" in client.post(url).content.decode()
    assert status() == "received"
    client.post(url, {"reason": "has_one"})
    client.post(url, {"reason": "has_one"})
    assert status() == "declined"
    assert [(step.verb, step.reason) for step in DeviceRequest.objects.get().steps.all()][1:] == [
        ("decline", "has_one")
    ]


def test_whatever_the_road_it_needs_a_reason(make_received, social_worker):
    with pytest.raises(Refused, match="Say why"):
        actions.decline(make_received(), reason="", by=social_worker)
    assert status() == "received"


def test_an_approved_request_is_not_declined_and_the_page_says_so(client, social_worker, url):
    client.force_login(social_worker)
    client.post(url.replace("decline", "approve"))
    assert "already" in client.post(url, {"reason": "has_one"}).content.decode()
    assert status() == "approved"


def test_a_stranger_gets_404_and_nothing_changes(client, stranger, url):
    client.force_login(stranger)
    assert client.post(url, {"reason": "has_one"}).status_code == 404
    assert status() == "received"
