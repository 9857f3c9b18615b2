"""An organisation's own rules: two who approve, the shape of case references, a limit for the year."""

from datetime import UTC, datetime

import pytest

from partners import actions
from partners.models import Membership
from partners.reference_pattern import example_of, fits, is_pattern
from records import clock
from records.refusals import Refused
from requests import actions as requests_actions
from requests.models import DeviceRequest
from tests import contention, factories

pytestmark = pytest.mark.django_db


def member(make_user, partner, name, role="social_worker"):
    user = make_user(f"{name}@example.org")
    Membership.objects.create(user=user, partner=partner, role=role)
    user.acting_for, user.membership_roles = partner, frozenset({role})
    return user


@pytest.fixture
def colleague(make_user, partner):
    return member(make_user, partner, "colleague")


@pytest.fixture
def manager(make_user, partner):
    return member(make_user, partner, "manager", "manager")


@pytest.mark.parametrize(
    ("pattern", "reference", "is_one"),
    [
        ("AA-####-####", "LT-2026-0388", True),
        ("AA-####-####", "lt-2026-0388", True),
        ("AA-####-####", "LT-2026-388", False),
        ("##.##", "12.34", True),
        ("##.##", "12x34", False),
        ("***", "ä9B", True),
        ("S-###", "S-123", True),
        ("S-###", "T-123", False),
        ("", "anything", True),
    ],
)
def test_a_reference_fits_its_shape(pattern, reference, is_one):
    assert fits(pattern, reference) is is_one
    assert fits(pattern, example_of(pattern)) or not pattern


@pytest.mark.parametrize(
    ("text", "is_one"), [("####", True), ("LT-##", True), ("LT", False), ("(#+)+", False), ("#\\d", False), ("", False)]
)
def test_a_shape_is_no_program(text, is_one):
    assert is_pattern(text) is is_one


def test_a_manager_sets_them_and_the_history_names_them(client, manager, partner):
    client.force_login(manager)
    path = f"/partners/{partner.pk}/house-rules/"
    page = client.post(path, {"reference_pattern": "(x)", "yearly_limit": "5"}).content.decode()
    assert "Write its shape" in page
    assert 'value="5"' in page
    page = client.post(path, {"reference_pattern": "LT-####", "yearly_limit": "5"}, follow=True).content.decode()
    assert "Shape of the case references" in page
    partner.refresh_from_db()
    assert (partner.reference_pattern, partner.yearly_limit, partner.approves_by_two) == ("LT-####", 5, False)


def test_two_are_needed_before_one_may_not_do_it_alone(client, manager, partner, make_user):
    client.force_login(manager)
    path = f"/partners/{partner.pk}/house-rules/"
    assert "only one person who may approve" in client.post(path, {"approves_by_two": "on"}).content.decode()
    member(make_user, partner, "colleague")
    client.post(path, {"approves_by_two": "on"})
    partner.refresh_from_db()
    assert partner.approves_by_two


def test_a_second_person_approves_what_somebody_has_entered(client, partner, social_worker, colleague):
    actions.set_house_rules(partner_with(partner, approves_by_two=True), ["approves_by_two"], by=colleague)
    device_request = factories.receive(partner, by=social_worker)
    with pytest.raises(Refused, match="a second person approves"):
        requests_actions.approve(device_request, by=social_worker)
    client.force_login(social_worker)
    page = client.get(device_request.get_absolute_url()).content.decode()
    assert "a second person approves it" in page
    assert f'action="/requests/{device_request.number}/approve/"' not in page
    client.force_login(colleague)
    page = client.get(device_request.get_absolute_url()).content.decode()
    assert f'action="/requests/{device_request.number}/approve/"' in page
    requests_actions.approve(device_request, by=colleague)
    device_request.refresh_from_db()
    assert device_request.status == "approved"


def partner_with(partner, **columns):
    for name, value in columns.items():
        setattr(partner, name, value)
    return partner


def test_a_case_reference_has_its_shape_on_every_road(partner, social_worker):
    type(partner).objects.update(reference_pattern="LT-####")
    with pytest.raises(Refused, match="like LT-4444"):
        factories.receive(partner, by=social_worker, case_reference="2026")
    factories.receive(partner, by=social_worker, case_reference="LT-2026")


def test_the_limit_of_a_year_is_kept_and_what_was_given_up_counts_no_more(partner, social_worker):
    type(partner).objects.update(yearly_limit=1)
    first, second = (factories.receive(partner, by=social_worker) for _time in range(2))
    requests_actions.approve(first, by=social_worker)
    with pytest.raises(Refused, match="approves 1 a year"):
        requests_actions.approve(second, by=social_worker)
    with clock.set_to(datetime(clock.today().year, 12, 31, 23, 30, tzinfo=UTC)):  # New Year in Zurich
        requests_actions.approve(second, by=social_worker)
    requests_actions.withdraw(first, by=social_worker)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_the_last_one_at_once_one_wins(partner, social_worker, colleague):
    type(partner).objects.update(yearly_limit=1)
    first, second = (factories.receive(partner, by=social_worker) for _time in range(2))
    faster = contention.behind(lambda: requests_actions.approve(first, by=social_worker))
    with faster, pytest.raises(Refused, match="approves 1 a year"):
        requests_actions.approve(second, by=colleague)
    assert DeviceRequest.objects.filter(status="approved").count() == 1
