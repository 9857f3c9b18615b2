"""The pages for visitors in a real browser: four languages, light and dark, a desk and a phone, and on paper."""

import pytest
from playwright.sync_api import expect

from tests import factories

from .checks import check_colours, check_page

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"home": "/", "impact": "/impact/", "privacy": "/privacy/", "contact": "/contact/"}


@pytest.fixture
def sent(partner):
    """Six laptops of two years."""
    partner.coverage.create(commune=factories.burgdorf(), valid_from="2020-01-01")
    bill_to = partner.bill_tos.get()
    for year in (2025, 2026):
        for _laptop in range(3):
            allocation = factories.allocation_of(factories.request_of(bill_to))
            factories.parcel_of(allocation, **factories.handed_over(bill_to, f"{year}-06-01T08:00Z"))


def test_pages_for_visitors_are_read_in_every_language_by_day_and_by_night(visit, sent):
    for language in ("de", "fr", "it", "en"):
        page = visit(language)
        for name, path in PAGES.items():
            page.emulate_media(color_scheme="light")
            page.goto(path)
            assert page.evaluate("document.documentElement.lang") == language
            check_page(page, f"{language}-public-{name}")
            page.emulate_media(color_scheme="dark")
            expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            check_colours(page, f"{language}-public-{name}-dark")
        assert page.context.cookies() == []


def test_a_visitor_goes_round_by_keyboard_and_changes_the_language(visit, sent):
    page = visit("de")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.focus("main summary >> nth=1")
    page.keyboard.press("Enter")
    assert page.locator("main details[open]").count() == 2
    page.focus("footer a[href='/impact/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/impact/")
    page.click("footer button[lang=fr]")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url.endswith("/impact/")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["django_language"]
    page.goto("/privacy/")
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_on_paper_every_answer_is_open_and_the_frame_is_gone(visit, sent):
    page = visit("en")
    page.goto("/")
    page.emulate_media(media="print")
    answer = page.get_by_text("There is a letter you can bring along.")
    assert answer.bounding_box()["height"] > 0
    assert not page.locator(".wg-top").is_visible()
    assert not page.locator(".wg-foot").is_visible()
