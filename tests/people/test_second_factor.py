"""Who works for the association sees every organisation's people, and so signs in with a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.messages import get_messages

from people.models import User
from people.second_factor import MFAAdapter

pytestmark = pytest.mark.django_db
ROLES = ["admin", "treasurer", "dispatcher", "volunteer", "auditor"]


@pytest.fixture
def make_staff(make_user):
    """Somebody of the association who has set up none yet."""

    def make(role, email="somebody@example.org"):
        user = make_user(email, role)
        user.authenticator_set.all().delete()
        return user

    return make


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", ["/home/", "/requests/", "/invoices/"])
def test_without_one_every_page_leads_to_where_it_is_set_up(client, make_staff, role, page):
    client.force_login(make_staff(role))
    answer = client.get(page)
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")
    (message,) = get_messages(answer.wsgi_request)
    assert "second factor" in str(message)
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_an_app_or_a_passkey_the_pages_open(client, make_staff, kind):
    user = make_staff("admin")
    Authenticator.objects.create(user=user, type=kind, data={})
    client.force_login(user)
    assert client.get("/requests/").status_code == 200


def test_codes_on_paper_alone_are_none(client, make_staff):
    user = make_staff("admin")
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    client.force_login(user)
    assert client.get("/requests/").status_code == 302


def test_an_action_is_not_done_without_one(client, make_staff, make_user):
    client.force_login(make_staff("admin"))
    assert client.post("/partners/new/", {"name": "Sozialdienst Obertal"}).url == "/accounts/2fa/"


def test_an_organisations_people_may_do_without(client, social_worker):
    assert not social_worker.authenticator_set.exists()
    client.force_login(social_worker)
    assert client.get("/requests/").status_code == 200


@pytest.mark.parametrize(
    ("is_demo", "email", "status"),
    [(True, "admin@demo.example", 200), (False, "admin@demo.example", 302), (True, "admin@example.org", 302)],
)
def test_only_the_demos_own_accounts_are_let_off_in_a_demo_only(client, make_staff, settings, is_demo, email, status):
    settings.DEMO = is_demo
    client.force_login(make_staff("admin", email))
    assert client.get("/requests/").status_code == status
    assert User.objects.get().is_association


def test_who_reads_the_database_can_not_use_what_lies_there(make_staff, settings):
    user, secret = make_staff("admin"), generate_totp_secret()
    app, codes = TOTP.activate(user, secret).instance, RecoveryCodes.activate(user)
    kept = [value for row in Authenticator.objects.all() for value in row.data.values()]
    assert not any(str(word) in str(kept) for word in (secret, *codes.get_unused_codes()))
    assert len({app.data["secret"], MFAAdapter().encrypt(secret)}) == 2
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert MFAAdapter().decrypt(app.data["secret"]) == secret


def test_a_passkey_is_listed_in_our_words_under_the_tab_of_the_second_factor(client, make_staff):
    user = make_staff("admin")
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Office key", "credential": {}})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    page = client.get("/accounts/2fa/webauthn/").content.decode()
    assert "Office key" in page
    assert "Not used yet" in page
    assert 'href="/accounts/2fa/" aria-current="page"' in page
    assert f"/accounts/2fa/webauthn/keys/{key.pk}/edit/" in page
