"""An organisation is suspended while one of its requests is dealt with: who comes second waits, and is told."""

import uuid

import pytest

from partners.models import Partner
from records.refusals import Refused
from requests import actions
from requests.models import Allocation, DeviceRequest, RequestDraft
from tests import contention
from tests.request_form import ANSWERS

pytestmark = pytest.mark.django_db(transaction=True)


def suspending(partner):
    """Suspend the organisation in a transaction that ends once somebody waits for it."""
    return contention.behind(lambda: Partner.objects.get(pk=partner.pk).move("suspend", by=None))


def test_a_laptop_is_not_given_meanwhile(partner, make_waiting, device, dispatcher):
    (device_request,) = make_waiting(1)
    with suspending(partner), pytest.raises(Refused, match="suspended"):
        actions.allocate(device_request, device, by=dispatcher)
    assert (DeviceRequest.objects.get().status, Allocation.objects.count()) == ("approved", 0)


def test_a_form_is_not_sent_meanwhile(client, partner, social_worker, commune):
    answers = ANSWERS | {"commune": str(commune.pk), "bill_to": str(partner.bill_tos.get().pk)}
    draft = RequestDraft.objects.create(token=uuid.uuid4(), owner=social_worker, partner=partner, answers=answers)
    client.force_login(social_worker)
    with suspending(partner):
        page = client.post(f"/requests/new/{draft.token}/check/", {"verb": "approve", "seen": draft.fingerprint})
    assert "no running agreement" in page.content.decode()
    assert (DeviceRequest.objects.count(), RequestDraft.objects.count()) == (0, 1)


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
