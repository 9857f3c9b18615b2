import pytest

from records.refusals import Refused
from shipping import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_over(make_closed, dispatcher):
    shipment = make_closed()
    actions.hand_over(shipment, by=dispatcher)
    return shipment


def stand(shipment):
    for record in (shipment, shipment.request, shipment.device):
        record.refresh_from_db()
    return shipment.status, shipment.request.status, shipment.device.status


def test_what_arrived_is_delivered_and_the_laptop_stays_where_it_went(handed_over):
    actions.record_delivery(handed_over, by=None)
    assert stand(handed_over) == ("delivered", "delivered", "shipped")


def test_a_lost_parcel_that_arrives_after_all_takes_its_laptop_along(handed_over, dispatcher):
    actions.record_loss(handed_over, by=dispatcher)
    assert stand(handed_over) == ("lost", "lost", "lost")
    actions.record_delivery(handed_over, by=dispatcher)
    assert stand(handed_over) == ("delivered", "delivered", "shipped")


def test_a_parcel_that_came_back_brings_its_laptop(handed_over, dispatcher):
    actions.record_delivery(handed_over, by=None)
    actions.record_return(handed_over, by=dispatcher)
    assert stand(handed_over) == ("returned", "returned", "returned")
    with pytest.raises(Refused, match="already"):
        actions.record_loss(handed_over, by=dispatcher)


@pytest.mark.parametrize("action", [actions.record_delivery, actions.record_loss, actions.record_return])
def test_twice_is_as_once(handed_over, dispatcher, action):
    for _time in range(2):
        action(handed_over, by=dispatcher)
    for record in (handed_over, handed_over.request):
        assert record.steps.filter(verb=action.__name__).count() == 1
    assert handed_over.device.steps.filter(verb=action.__name__).count() == (action is not actions.record_delivery)


@pytest.mark.parametrize("action", [actions.record_delivery, actions.record_loss, actions.record_return])
def test_what_never_left_neither_arrives_nor_comes_back(make_closed, dispatcher, action):
    shipment = make_closed()
    with pytest.raises(Refused):
        action(shipment, by=dispatcher)
    assert stand(shipment) == ("labelled", "allocated", "reserved")
