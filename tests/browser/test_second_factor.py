"""The first sign-in of somebody of the association: a second factor is set up, and asked for from then on."""

import re

import pytest
from playwright.sync_api import expect

from .checks import check_page
from .signing_in import code_now, go_where_the_password_is_asked_again, make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(known_passwords):
    user, _no_secret = make_person("admin", "de")
    user.roles.create(role="admin")
    return user


def test_an_authenticator_app_is_set_up_and_asked_for(visit, admin):
    page = visit("de")
    sign_in(page, admin)
    expect(page).to_have_url(re.compile("/accounts/2fa/$"))
    check_page(page, "second factor")
    page.goto("/requests/")
    expect(page).to_have_url(re.compile("/accounts/2fa/$"))
    go_where_the_password_is_asked_again(page, "/accounts/2fa/totp/activate/")
    check_page(page, "authenticator app")
    secret = page.input_value("#authenticator_secret")
    page.fill("[name=code]", code_now(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/requests/")
    expect(page).to_have_url(re.compile("/requests/$"))

    other = visit("de")
    sign_in(other, admin)
    expect(other).to_have_url(re.compile("/2fa/authenticate/"))
    check_page(other, "code")
    other.goto("/requests/")
    expect(other).to_have_url(re.compile("/accounts/"))


def test_a_passkey_is_set_up_and_opens_the_door_alone(visit, admin):
    page = visit("de")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, admin)
    go_where_the_password_is_asked_again(page, "/accounts/2fa/webauthn/add/")
    check_page(page, "new passkey")
    page.fill("[name=name]", "Schlüssel")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/home/")
    expect(page).to_have_url(re.compile("/home/$"))
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/home/")
