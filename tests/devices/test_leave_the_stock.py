import pytest

from devices import actions
from records.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (actions.repair, "repair"),
        (actions.report_missing, "missing"),
        (actions.pass_on, "passed_on"),
        (actions.scrap, "scrapped"),
    ],
)
def test_a_ready_laptop_leaves_the_stock_once(make_ready, volunteer, action, status):
    device = make_ready()
    for _time in range(2):
        action(device, by=volunteer)
    assert (device.status, device.steps.filter(verb=action.__name__).count()) == (status, 1)


def test_a_kept_laptop_is_neither_passed_on_nor_scrapped(make_ready, volunteer, dispatcher):
    device = make_ready()
    actions.reserve(device, number="R-2026-000123", by=dispatcher)
    for action in (actions.pass_on, actions.scrap):
        with pytest.raises(Refused):
            action(device, by=volunteer)
    assert device.status == "reserved"
