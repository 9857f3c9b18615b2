"""Signing in by allauth: nobody makes an account for themselves, and its mails are ours."""

import re
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

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


@pytest.mark.parametrize("minutes", [3, 10])
def test_a_sign_in_code_says_on_its_page_and_in_its_mail_how_long_it_holds(client, social_worker, settings, minutes):
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = minutes * 60
    answer = client.post("/accounts/login/code/", {"email": social_worker.email}, follow=True)
    page = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert page.count(social_worker.email) == 1  # that it was sent is said once
    assert f"We have sent a code to {social_worker.email} . It holds for {minutes} minutes." in page
    assert f"It holds for {minutes} minutes. Give it to nobody." in mail.outbox[0].body


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/password/reset/done/"])
def test_for_whom_it_does_not_work_there_is_a_way_to_ask(client, path):
    page = client.get(path).content.decode()
    assert '<a href="/contact/">Ask us.</a>' in page


def test_that_the_password_is_changed_is_said_once_and_the_mail_says_whom_to_tell(client, signed_in):
    typed = {"oldpassword": PASSWORD, "password1": f"{PASSWORD}0", "password2": f"{PASSWORD}0"}
    page = client.post("/accounts/password/change/", typed, follow=True).content.decode()
    assert page.count("The password is changed.") == 1
    assert "tell us: http://localhost:8000/contact/" in mail.outbox[-1].body


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


@pytest.mark.parametrize("spelt", ["SINA@example.org", "sina@\uff45xample.org", "\u017fina@example.org"])
@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_no_look_alike_of_an_address_gets_what_opens_its_access(client, make_user, path, spelt):
    make_user("sina@example.org")
    assert ask(client, path, spelt).to == ["sina@example.org"]


def test_who_forgot_the_password_is_known_in_wide_letters_too(client, make_user):
    make_user("sina@example.org")
    assert "we know no access" not in ask(client, "/accounts/password/reset/", "sina@\uff45xample.org").body


@pytest.fixture
def signed_in(client, social_worker):
    """Somebody who has just typed the password once more."""
    social_worker.set_password(PASSWORD)
    social_worker.save()
    client.post("/accounts/login/", {"login": social_worker.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    return social_worker


def test_an_address_is_changed_by_the_code_typed_where_it_was_asked_for(client, signed_in):
    old = signed_in.email
    client.post("/accounts/email/", {"action_add": "", "email": "nina@example.org"})
    (asked,) = mail.outbox
    assert (asked.subject, asked.to) == ("Confirm your e-mail address", ["nina@example.org"])
    assert "http" not in asked.body
    assert list(signed_in.emailaddress_set.values_list("email", flat=True)) == [old]
    code = re.search(r"^\w{4,}(-\w+)*$", asked.body, re.MULTILINE)[0]
    client.post("/accounts/confirm-email/", {"code": code})
    signed_in.refresh_from_db()
    assert signed_in.email == "nina@example.org"
    assert list(signed_in.emailaddress_set.values_list("email", "verified")) == [("nina@example.org", True)]
    told = mail.outbox[-1]
    assert (told.subject, told.to) == ("Your e-mail address was changed", [old])
    assert "You now sign in with nina@example.org, no longer with worker@example.org." in told.body
    client.logout()
    client.post("/accounts/login/", {"login": old, "password": PASSWORD}, REMOTE_ADDR="192.0.2.2")
    assert "_auth_user_id" not in client.session


def test_no_link_confirms_an_address_for_somebody_else(client, signed_in):
    assert client.get("/accounts/confirm-email/MQ:1xyz:abc/").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/2fa/totp/activate/"])
def test_an_open_session_alone_changes_nothing(client, social_worker, path):
    social_worker.set_password(PASSWORD)
    social_worker.save()
    client.force_login(social_worker)
    answer = client.post(path, {"action_add": "", "email": "eve@example.org"})
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert mail.outbox == []


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_who_changes_a_password_gets_a_mail_that_says_so(client, signed_in, settings, language):
    signed_in.language = language
    signed_in.save()
    words = {"oldpassword": PASSWORD, "password1": PASSWORD + "0", "password2": PASSWORD + "0"}
    client.post("/accounts/password/change/", words)
    (sent,) = mail.outbox
    assert sent.to == [signed_in.email]
    assert sent.body.startswith(f"{sent.subject}.\n\n")
    assert sent.body.endswith(f"--\n{settings.ASSOCIATION['name']}")


def test_a_first_password_is_a_welcome_and_a_later_one_is_not(client, social_worker):
    for password, welcome in ((None, True), (PASSWORD, False)):
        social_worker.set_password(password)
        social_worker.save()
        key = {"uidb36": user_pk_to_url_str(social_worker), "key": default_token_generator.make_token(social_worker)}
        page = client.get(reverse("account_reset_password_from_key", kwargs=key), follow=True).content.decode()
        assert ("Welcome, " in page) is welcome
        assert ("Sign in without" in page) is not welcome


def test_a_link_that_was_used_says_so(client):
    page = client.get("/accounts/password/reset/key/1-set-password/").content.decode()
    assert "This link no longer holds" in page


def test_devices_are_named_and_no_address_is_shown(client, social_worker):
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    social_worker.set_password(PASSWORD)
    social_worker.save()
    client.post("/accounts/login/", {"login": social_worker.email, "password": PASSWORD}, headers={"user-agent": agent})
    page = client.get("/accounts/sessions/", headers={"user-agent": agent}).content.decode()
    assert "Chrome on Linux" in page
    assert "This device" in page
    assert "Mozilla" not in page
    assert "127.0.0.1" not in page
    assert "You are signed in on this device only." in page


DEAD = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 1}
REFUSING = {"EMAIL_BACKEND": f"{__name__}.TurnsDown"}


class TurnsDown(EmailBackend):
    """A mail server that knows nobody."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({address: (550, f"no {address} here".encode()) for address in messages[0].to})


@pytest.mark.parametrize("server", [DEAD, REFUSING])
@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_a_mail_that_can_not_go_out_changes_no_answer_and_leaves_no_address(
    social_worker, settings, caplog, path, server
):
    usual = Client().post(path, {"email": social_worker.email})
    for name, value in server.items():
        setattr(settings, name, value)
    for address in (social_worker.email, "samira@example.org"):
        answer = Client().post(path, {"email": address})
        assert (answer.status_code, answer.url) == (302, usual.url)
        assert address not in caplog.text
    assert caplog.text.count("account_mail_not_sent") == 2


def test_a_mails_link_leads_to_our_own_address_whatever_host_was_asked(client, social_worker, settings):
    settings.BASE_URL = "https://weitergabe.example.org"
    client.post("/accounts/password/reset/", {"email": social_worker.email}, headers={"Host": "localhost:6666"})
    (sent,) = mail.outbox
    assert re.search(r"http\S+", sent.body)[0].startswith("https://weitergabe.example.org/accounts/")
    assert "localhost:6666" not in str(sent.message())
