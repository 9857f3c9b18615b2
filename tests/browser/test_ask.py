"""A person asks for a laptop by an organisation's link, with a small phone that runs no script."""

import pytest
from playwright.sync_api import expect

from partners import actions
from requests.models import DeviceRequest

pytestmark = pytest.mark.django_db(transaction=True)
NARROW = 360


def test_a_person_asks_in_arabic_on_a_small_phone_without_script(visit, partner, admin):
    link = actions.open_intake_link(partner, by=admin)
    page = visit("ar", width=NARROW, script=False)

    def is_at(name):
        expect(page).to_have_url(f"{page.url.partition('/ask/')[0]}/ask/{link.token}/ar/{name}")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW, name

    page.goto(f"/ask/{link.token}/")
    page.click("main a[lang=ar]")
    is_at("")
    page.click("main a.btn-primary")
    is_at("name/")
    page.click("main button[type=submit]")  # nothing written
    expect(page.locator(".wg-error")).to_be_visible()
    page.fill("[name=first_name]", "سميرة")
    page.click("main button[type=submit]")
    is_at("year/")
    page.fill("[name=birth_year]", "1994")
    page.click("main button[type=submit]")
    is_at("address/")
    for name, typed in {"street": "Mühlegasse", "house_number": "4", "postcode": "3400", "town": "Burgdorf"}.items():
        page.fill(f"[name={name}]", typed)
    page.click("main button[type=submit]")
    is_at("phone/")
    page.reload()  # what was answered is kept
    page.click("main button[type=submit]")
    is_at("purpose/")
    page.click("label[for=purpose-school]")
    page.click("main button[type=submit]")
    is_at("check/")
    expect(page.locator("main dl")).to_contain_text("سميرة")
    page.click("footer a[lang=de]")  # whose words are longer
    expect(page.locator("html")).to_have_attribute("lang", "de")
    too_long = page.locator("main dt").evaluate_all("all => all.some(each => each.scrollWidth > each.clientWidth)")
    assert not too_long, "a word runs into the answer beside it"
    page.click("footer a[lang=ar]")
    is_at("check/")
    page.wait_for_timeout(2500)  # a program would have pressed sooner
    page.click("main button.btn-primary")
    is_at("sent/")
    asked = DeviceRequest.objects.get()
    expect(page.locator(".wg-note")).to_contain_text(asked.number)
    assert (asked.status, asked.recipient.name, asked.recipient.language) == ("received", "سميرة", "ar")
