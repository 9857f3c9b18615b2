import pytest

from devices import actions
from devices.models import Device
from records.refusals import Refused

pytestmark = pytest.mark.django_db
NUMBER = "R-2026-000123"


@pytest.fixture
def kept(make_ready, dispatcher):
    device = make_ready()
    actions.reserve(device, number=NUMBER, by=dispatcher)
    return device


def test_a_ready_laptop_is_kept_for_a_request_and_free_again(kept, dispatcher):
    assert Device.objects.get().status == "reserved"
    actions.release(kept, number=NUMBER, by=dispatcher)
    assert Device.objects.get().status == "ready"
    assert list(kept.steps.values_list("verb", "numbers"))[-2:] == [
        ("reserve", {"request": NUMBER}),
        ("release", {"request": NUMBER}),
    ]


@pytest.mark.parametrize("status", ["repair", "missing", "ready"])
def test_a_laptop_that_was_kept_stays_where_it_is_now(kept, dispatcher, status):
    Device.objects.update(status=status)
    before = kept.steps.count()
    actions.release(kept, number=NUMBER, by=dispatcher)
    assert (Device.objects.get().status, kept.steps.count()) == (status, before)


def test_only_a_kept_laptop_leaves_the_house(kept, dispatcher):
    actions.ship(kept, number=NUMBER, by=dispatcher)
    Device.objects.update(status="lost")  # from there it is found, never handed over
    with pytest.raises(Refused, match="“Lost”: this step can’t follow"):
        actions.ship(kept, number="R-2026-000124", by=dispatcher)
    assert Device.objects.get().status == "lost"


def test_a_missing_laptop_is_not_kept(kept, dispatcher):
    Device.objects.update(status="missing")
    with pytest.raises(Refused, match="this step can’t follow"):
        actions.reserve(kept, number="R-2026-000124", by=dispatcher)
    assert Device.objects.get().status == "missing"
