"""A station that stood open while its sign-in ended: it says so, and leads to where one signs in."""

import re

import pytest
from playwright.sync_api import expect

from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_scan_after_the_sign_in_has_ended_says_so(visit, known_passwords):
    page = visit("en")
    sign_in(page, *make_person("volunteer", "en", "volunteer"))
    page.goto("/rounds/station/")
    page.context.clear_cookies()
    page.fill("#scan-code", "990000000000000417")
    page.press("#scan-code", "Enter")
    expect(page.locator("#scan")).to_have_attribute("data-state", "stop")
    expect(page.locator("#scan-word")).to_contain_text("You are no longer signed in.")
    page.click("#scan-word a")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/rounds/station/"))
