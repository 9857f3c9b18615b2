"""Signing in by allauth: nobody makes an account for themselves, and its mails are ours."""

import re

import pytest
from django.core import mail

from people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "eine lange Nacht 9"


def ask(client, path, email):
    """The one mail that a form with an address brings about."""
    client.post(path, {"email": email})
    (sent,) = mail.outbox
    return sent


def test_nobody_signs_up(client):
    client.post("/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD})
    assert not User.objects.exists()


def test_a_sign_in_code_comes_from_the_association_and_not_from_a_host(client, social_worker, settings):
    sent = ask(client, "/accounts/login/code/", social_worker.email)
    assert sent.subject == "Sign-In Code"
    assert sent.body.endswith(f"--\n{settings.ASSOCIATION['name']}")
    assert "testserver" not in sent.body


def test_a_forgotten_password_is_chosen_anew_by_the_mails_link(client, social_worker):
    sent = ask(client, "/accounts/password/reset/", social_worker.email)
    form = client.get(re.search(r"http\S+", sent.body)[0], follow=True).request["PATH_INFO"]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    social_worker.refresh_from_db()
    assert social_worker.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_an_address_without_access_is_told_so_by_mail_and_not_led_to_signing_up(client, path):
    sent = ask(client, path, "samira@example.org")
    assert "we know no access with this address" in sent.body
    assert "http" not in sent.body


def test_another_address_of_a_persons_own_is_confirmed_by_the_mails_link(client, social_worker):
    client.force_login(social_worker)
    client.post("/accounts/email/", {"action_add": "", "email": "nina@example.org"})
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Confirm your e-mail address", ["nina@example.org"])
    client.post(re.search(r"http\S+", sent.body)[0])
    assert social_worker.emailaddress_set.get(email="nina@example.org").verified
