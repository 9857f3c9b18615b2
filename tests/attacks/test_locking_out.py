"""Nobody is locked out by a stranger elsewhere; and nobody tries on and on."""

import pytest
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "eine lange Nacht 9"


@pytest.fixture
def victim(make_user):
    user = make_user("victim@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(place, password, client=None, **headers):
    client = client or Client()
    told = {"login": "victim@example.org", "password": password}
    client.post("/accounts/login/", told, REMOTE_ADDR=place, headers=headers)
    return "_auth_user_id" in client.session


def test_wrong_passwords_from_elsewhere_do_not_lock_a_person_out(victim):
    for number in range(7):
        assert not sign_in("198.51.100.1", f"wrong {number}")
    assert not sign_in("198.51.100.1", PASSWORD)
    assert sign_in("198.51.100.2", PASSWORD)


def test_a_header_that_names_another_place_is_no_other_place(victim):
    for number in range(7):
        sign_in("198.51.100.3", f"wrong {number}", **{"X-Forwarded-For": f"198.51.100.{number + 50}"})
    assert not sign_in("198.51.100.3", PASSWORD, **{"X-Forwarded-For": "198.51.100.99"})


@pytest.mark.parametrize(("path", "place"), [("/accounts/login/code/", "7"), ("/accounts/password/reset/", "8")])
def test_codes_and_links_asked_for_elsewhere_do_not_lock_a_person_out(victim, path, place):
    for number in range(11):
        headers = {"X-Forwarded-For": f"198.51.100.{number + 50}"}
        Client().post(path, {"email": victim.email}, REMOTE_ADDR=f"198.51.100.{place}0", headers=headers)
    assert len(mail.outbox) == 10
    Client().post(path, {"email": victim.email}, REMOTE_ADDR=f"198.51.100.{place}1")
    assert len(mail.outbox) == 11
