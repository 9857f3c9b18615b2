"""An organisation is suspended while one of its requests is dealt with: who comes second waits, and is told."""

import pytest

from partners.models import Partner
from records.refusals import Refused
from requests import actions
from requests.models import Allocation, DeviceRequest
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


def suspending(partner):
    """Suspend the organisation in a transaction that ends once somebody waits for it."""
    return contention.behind(lambda: Partner.objects.get(pk=partner.pk).move("suspend", by=None))


def test_a_laptop_is_not_given_meanwhile(partner, make_waiting, device, dispatcher):
    (device_request,) = make_waiting(1)
    with suspending(partner), pytest.raises(Refused, match="suspended"):
        actions.allocate(device_request, device, by=dispatcher)
    assert (DeviceRequest.objects.get().status, Allocation.objects.count()) == ("approved", 0)


def test_a_request_is_not_taken_meanwhile(partner, social_worker, commune):
    with suspending(partner), pytest.raises(Refused, match="no running agreement"):
        actions.receive(
            partner=partner,
            owner=social_worker,
            form_token=None,
            bill_to=partner.bill_tos.get(),
            commune=commune,
            case_reference="LT-1",
            purpose="school",
            keyboard="ch-de",
            delivery="office",
            recipient={"first_name": "Samira", "last_name": "Wenger"},
        )
    assert DeviceRequest.objects.count() == 0
