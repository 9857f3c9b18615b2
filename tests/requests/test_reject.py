import pytest

from records.refusals import Refused
from requests import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(make_approved):
    return make_approved()


def test_rejecting_ends_an_approved_request_once(approved, admin):
    for _time in range(2):
        actions.reject(approved, reason="agreed", by=admin)
    assert (approved.status, approved.steps.filter(verb="reject").count()) == ("rejected", 1)


def test_the_laptop_of_a_rejected_request_is_free_again(approved, make_ready, dispatcher, admin):
    device = make_ready()
    actions.allocate(approved, device, by=dispatcher)
    actions.reject(approved, reason="agreed", by=admin)
    device.refresh_from_db()
    assert (approved.status, device.status, approved.allocations.live().count()) == ("rejected", "ready", 0)


def test_what_nobody_approved_is_not_rejected(make_received, admin):
    with pytest.raises(Refused, match="“Received”"):
        actions.reject(make_received(), reason="agreed", by=admin)
