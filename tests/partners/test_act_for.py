import pytest

from partners.middleware import act_for
from partners.models import Membership
from people.models import User
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(social_worker):
    """Another organisation of the same social worker."""
    second = factories.active_partner("Sozialdienst Unterdorf", postcode="3457", town="Wasen")
    Membership.objects.create(user=social_worker, partner=second, role="social_worker")
    return second


def test_somebody_of_two_organisations_works_for_one_at_a_time(client, social_worker, partner, second):
    client.force_login(social_worker)
    page = client.get("/home/").content.decode()
    assert f"Work for {second}" in page
    client.post("/partners/act-for/", {"partner": second.pk})
    assert client.get("/home/").context["place"] == second
    assert f"Work for {partner}" in client.get("/home/").content.decode()


def test_nobody_acts_for_an_organisation_of_others(client, social_worker, stranger, second):
    client.force_login(stranger)
    for key in (second.pk, "", "x", "²", 99_999_999, "9" * 5_000):
        assert client.post("/partners/act-for/", {"partner": key}).status_code == 404
    assert client.get("/home/").context["place"] != second


def test_an_ended_membership_falls_back_to_the_one_that_is_left(client, social_worker, partner, second):
    client.force_login(social_worker)
    client.post("/partners/act-for/", {"partner": second.pk})
    Membership.objects.filter(partner=second).update(ended_at="2026-01-01T00:00Z")
    assert client.get("/home/").context["place"] == partner
    assert DeviceRequest.objects.visible_to(social_worker).count() == 0


def test_who_acts_for_whom_is_one_query(social_worker, partner, second, django_assert_num_queries):
    user = User.objects.get(pk=social_worker.pk)
    assert not user.is_association
    with django_assert_num_queries(1):
        act_for(user, wanted=second.pk)
        assert (user.acting_for, user.membership_roles) == (second, {"social_worker"})
