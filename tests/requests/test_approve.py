import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(make_received):
    return f"{make_received().get_absolute_url()}approve/"


def status_of(url):
    from requests.models import DeviceRequest

    return DeviceRequest.objects.get(number=url.split("/")[2]).status


def test_approving_registers_it_and_twice_is_as_once(client, social_worker, url):
    client.force_login(social_worker)
    assert client.post(url).status_code == client.post(url).status_code == 302
    assert status_of(url) == "approved"


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
    assert status_of(url) == "received"


def test_looking_changes_nothing(client, social_worker, url):
    client.force_login(social_worker)
    assert client.get(url).status_code == 405
