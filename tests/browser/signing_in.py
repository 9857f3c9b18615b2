"""Signing in through the page, as a person with a password and an authenticator app does."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from people.models import User

PASSWORD = "eine lange Nacht 9"


def code_now(secret):
    """What the authenticator app shows at this moment, and for some seconds more."""
    while 30 - time.time() % 30 < 10:
        time.sleep(0.5)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def make_person(name, language, *roles):
    """Somebody with a password; with roles of the association, also with the app whose secret comes back."""
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, name=f"Alex {name.title()}", language=language)
    if not roles:
        return user, None
    for role in roles:
        user.roles.create(role=role)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def sign_in(page, user, secret=None):
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    if secret:
        page.fill("[name=code]", code_now(secret))
        with page.expect_navigation():
            page.press("[name=code]", "Enter")


def go_where_the_password_is_asked_again(page, path):
    page.goto(path)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
