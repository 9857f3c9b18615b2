"""What is typed into a new request is there again, whatever happens to the page."""

import pytest
from playwright.sync_api import expect

from partners.models import Membership
from requests.models import RequestDraft
from tests import factories

from .checks import check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_outlives_reload_back_another_language_and_a_new_sign_in(visit, known_passwords):
    writer, _secret = make_person("writer", "de")
    partner = factories.active_partner("Sozialdienst Lindental")
    Membership.objects.create(user=writer, partner=partner, role="social_worker")
    earlier = factories.receive(partner, by=writer)
    page = visit("de", width=390)
    sign_in(page, writer)
    page.goto(f"/requests/new/?same-address={earlier.number}")
    address = page.url
    page.reload()
    assert (page.url, RequestDraft.objects.count()) == (address, 0)

    first, last = page.locator("[name=first_name]"), page.locator("[name=last_name]")
    first.press_sequentially("Amina")
    expect(page.locator("#kept svg")).to_be_visible()
    page.reload()
    expect(first).to_have_value("Amina")
    last.press_sequentially("Wenger")
    page.goto("/requests/")  # sooner than it is kept by itself
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    expect(last).to_have_value("Wenger")
    with page.expect_navigation():
        page.click("[name=language][value=fr]")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(last).to_have_value("Wenger")

    page.context.clear_cookies()
    page.goto(address)
    page.fill("[name=login]", writer.email)
    page.fill("[name=password]", "eine lange Nacht 9")
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    assert page.url == address
    expect(first).to_have_value("Amina")
    expect(page.locator("[name=street]")).to_have_value("Mühlegasse")
    assert RequestDraft.objects.count() == 1
    check_page(page, "request-draft")
    page.goto(f"/requests/{earlier.number}/correct/")
    check_page(page, "request-correct")
