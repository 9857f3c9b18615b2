import uuid

import pytest

from partners.models import BillTo, Commune
from records.refusals import Refused
from requests import actions
from requests.models import DeviceRequest, Recipient
from tests.factories import PERSON

pytestmark = pytest.mark.django_db


def test_it_gets_a_number_a_person_and_a_first_step(make_received, social_worker):
    device_request = make_received()
    assert device_request.number.startswith("R-20")
    assert device_request.recipient.name == "Samira Wenger"
    assert [(step.verb, step.by) for step in device_request.steps.all()] == [("receive", social_worker)]


def test_the_same_form_twice_gives_the_same_request(make_received):
    token = uuid.uuid4()
    assert make_received(form_token=token) == make_received(form_token=token)
    assert DeviceRequest.objects.get().steps.count() == 1


def test_a_form_of_another_organisation_is_refused(make_received, stranger, partner, commune):
    token = uuid.uuid4()
    make_received(form_token=token)
    other = stranger.memberships.first().partner
    pays = other.bill_tos.get()
    with pytest.raises(Refused, match="another organisation"):
        actions.receive(
            partner=other,
            owner=stranger,
            recipient=PERSON,
            form_token=token,
            bill_to=pays,
            commune=commune,
            case_reference="LT-2",
            purpose="school",
            keyboard="ch-de",
            delivery="person",
        )
    assert Recipient.objects.count() == 1


def test_a_name_in_the_case_reference_is_refused(make_received):
    with pytest.raises(Refused, match="invoice"):
        make_received("wenger-1")
    assert DeviceRequest.objects.count() == 0


@pytest.mark.parametrize("name", ["street", "postcode", "town"])
def test_a_parcel_to_the_person_needs_an_address(make_received, name):
    with pytest.raises(Refused, match="needs street, postcode and town"):
        make_received(recipient=PERSON | {name: ""})
    assert DeviceRequest.objects.count() == 0


def test_a_commune_that_the_organisation_does_not_speak_for_is_refused(make_received, partner, commune):
    other = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    partner.coverage.create(commune=other)
    with pytest.raises(Refused, match="does not speak for this commune"):
        make_received()
    partner.coverage.create(commune=commune)
    make_received()


def test_where_no_commune_is_recorded_any_that_lives_on_may_bear_the_cost(make_received, commune):
    make_received("LT-1")
    Commune.objects.filter(pk=commune.pk).update(valid_to="2025-12-31")
    with pytest.raises(Refused, match="does not speak for this commune"):
        make_received("LT-2")


def test_a_unit_that_no_longer_pays_or_is_somebody_elses_is_refused(make_received, partner, stranger):
    theirs = stranger.memberships.first().partner.bill_tos.get()
    with pytest.raises(Refused, match="no longer pays"):
        make_received(bill_to=theirs)
    partner.bill_tos.create(name="Schule", postcode="3400", town="Burgdorf", email="schule@example.org")
    BillTo.objects.filter(partner=partner).exclude(name="Schule").update(is_active=False)
    with pytest.raises(Refused, match="no longer pays"):
        make_received(bill_to=BillTo.objects.get(name=partner.name))


def test_a_parcel_to_the_office_leaves_what_was_handed_in_as_it_was(make_received, partner):
    person = dict(PERSON)
    kept = make_received(delivery="office", recipient=person).recipient
    assert (kept.street, kept.town) == (partner.street, partner.town)
    assert person == PERSON
