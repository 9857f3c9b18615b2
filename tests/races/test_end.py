"""An organisation ends or pauses while one of its requests is approved: it is never approved afterwards."""

import pytest

from partners import actions as partner_actions
from partners.models import Partner
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest
from tests import contention, factories

pytestmark = pytest.mark.django_db(transaction=True)
END = {"reason": "by_organisation", "requests": "leave"}


@pytest.mark.parametrize(("verb", "words"), [("end", END), ("suspend", {})])
def test_a_request_is_not_approved_meanwhile(partner, social_worker, admin, verb, words):
    received = factories.receive(partner, by=social_worker)
    ending = getattr(partner_actions, verb)
    first = contention.behind(lambda: ending(Partner.objects.get(pk=partner.pk), by=admin, **words))
    with first, pytest.raises(Refused, match="no running agreement"):
        actions.approve(received, by=social_worker)
    assert DeviceRequest.objects.get().status == "received"


def test_what_was_approved_first_is_withdrawn_with_the_rest(partner, social_worker, admin):
    received = factories.receive(partner, by=social_worker)
    ended = Partner.objects.get(pk=partner.pk)
    with contention.behind(lambda: actions.approve(received, by=social_worker)):
        partner_actions.end(ended, by=admin, **END | {"requests": "withdraw"})
    assert DeviceRequest.objects.get().status == "approved"
    actions.withdraw_of_ended()
    assert DeviceRequest.objects.get().status == "withdrawn"
