"""The public map in a real browser: by the slider, by the pointer, by keys alone, and without a script."""

import os
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from partners.models import Commune
from records import clock
from tests import factories

from .checks import check_page

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {
    "de": ("Gemeinden machen im Jahr", "Brief erstellen", "PDF öffnen"),
    "fr": ("participent en", "Préparer la lettre", "Ouvrir le PDF"),
    "it": ("partecipano nel", "Prepara la lettera", "Apri il PDF"),
    "en": ("communes take part in", "Make the letter", "Open the PDF"),
}


@pytest.fixture
def greener(transactional_db):
    """Every tenth commune for three years, Burgdorf since this one; gives back this year."""
    call_command("load_communes", verbosity=0)
    this_year = clock.today().year
    tenth = [commune for n, commune in enumerate(Commune.objects.order_by("pk")) if n % 10 == 0 and commune.pk != 404]
    for communes, year in ((tenth, this_year - 2), ([Commune.objects.get(pk=404)], this_year)):
        partner = factories.active_partner(f"Dienst {year}", signed_on=f"{year}-01-01")
        for commune in communes:
            partner.coverage.create(commune=commune, valid_from=f"{year}-01-01")
    return this_year


def level(page, number):
    return page.locator(f"#c{number}").get_attribute("class")


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_map_and_its_letter_in_each_language(visit, greener, language):
    said, make, ready = WORDS[language]
    page = visit(language)
    page.goto("/map/")
    expect(page.locator("#map-lead")).to_contain_text(said)
    check_page(page, f"{language}-map")
    page.emulate_media(color_scheme="dark")
    page.goto("/map/?canton=JU&q=3400")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    check_page(page, f"{language}-map-dark")
    page.emulate_media(color_scheme="light")
    page.goto("/map/letter/?commune=406")
    check_page(page, f"{language}-letter")
    page.get_by_role("button", name=make).click()
    expect(page.get_by_role("link", name=ready)).to_be_visible()
    check_page(page, f"{language}-letter-made")
    file = page.request.get(page.get_by_role("link", name=ready).get_attribute("href"))
    assert file.body().startswith(b"%PDF")


def test_the_slider_turns_the_years_without_a_new_page(visit, greener):
    page = visit("en")
    page.goto("/map/")
    assert level(page, 404) == "wg-m1"
    page.evaluate("window.same = true")
    page.focus("#map-slider")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#map-lead")).to_contain_text(f"take part in {greener - 1}")
    expect(page.locator("#c404")).to_have_class("wg-m0")
    expect(page.locator(f"#map-chart g.is-now[data-year='{greener - 1}']")).to_be_visible()
    assert page.locator("#map-slider").get_attribute("aria-valuetext") == f"{greener - 1}: 211 communes"
    assert page.evaluate("document.activeElement.id") == "map-slider"
    assert page.evaluate("window.same")
    assert page.url.endswith(f"/map/?year={greener - 1}")
    page.click("tr[data-canton=BE] a")
    expect(page.locator("tr[data-commune='404']")).to_have_attribute("data-level", "0")
    page.focus("#map-slider")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr[data-commune='404']")).to_have_attribute("data-level", "1")
    expect(page.locator("#c404")).to_have_class("wg-m1")
    page.reload()
    assert level(page, 404) == "wg-m1"


def test_a_commune_says_its_name_under_the_pointer_and_more_when_it_is_pressed(visit, greener):
    page = visit("en")
    page.goto("/map/")
    page.locator("#c404").hover()
    pin = page.locator("#map > g:last-child text")
    expect(pin).to_have_text(re.compile(r"Burgdorf \(BE\)\s*takes part"))
    page.keyboard.press("Escape")
    expect(pin).to_have_count(0)
    page.locator("#c406").click()
    expect(page.locator("#map-hits")).to_contain_text("Hasle bei Burgdorf (BE) does not take part yet.")
    expect(page.locator("#map-marks text")).to_have_text("Hasle bei Burgdorf")
    page.fill("#map-search", "burgdorf")
    page.press("#map-search", "Enter")
    expect(page.locator("#map-hits")).to_contain_text("Burgdorf (BE) takes part.")
    expect(page.locator("#map-marks path")).to_have_count(page.locator("#map-hits [data-hit]").count())


def test_by_keys_alone_the_map_is_one_stop_and_the_arrows_lead_on(visit, greener):
    page = visit("en")
    page.goto("/map/?commune=404")
    stops = 0
    while page.evaluate("document.activeElement.id") != "map":
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 25
    told = page.locator("#map-told")
    expect(told).to_have_text(f"Burgdorf (BE): takes part, {greener}")
    before = page.locator("#c404").bounding_box()
    page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(re.compile("Burgdorf"))
    name = told.inner_text().split(" (")[0]
    number = Commune.objects.get(name=name).pk
    assert page.locator(f"#c{number}").bounding_box()["x"] > before["x"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#map-hits [data-hit]")).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "map-slider"


def test_without_a_script_the_years_cantons_and_communes_are_there(chromium, site, greener):
    context = chromium.new_context(base_url=site, locale="en-CH", java_script_enabled=False)
    page = context.new_page()
    page.goto("/map/")
    expect(page.locator("#map-slider")).to_be_hidden()
    page.select_option("#map-year", str(greener - 1))
    page.click("#map-years button")
    expect(page.locator("#map-lead")).to_contain_text(f"take part in {greener - 1}")
    page.click("tr[data-canton=BE] a")
    expect(page.locator("tr[data-commune='404'] td").last).to_have_text("not yet")
    page.fill("#map-search", "404")
    page.press("#map-search", "Enter")
    expect(page.locator("#map-hits")).to_contain_text("Burgdorf (BE) takes part.")
    page.goto("/map/letter/?commune=406")
    page.click("main form .btn-primary")
    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()  # the page has asked again by itself
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/en-map-without-script.png", full_page=True)
    context.close()
