"""The scan page on a slow network and on a phone, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from devices.models import Device

from .signing_in import make_person, sign_in
from .waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(visit, known_passwords):
    """A volunteer's phone."""
    page = visit("en", 390)
    sign_in(page, *make_person("volunteer", "en", "volunteer"))
    page.wait_for_url("**/home/")
    return page


def scan(page, code):
    page.fill("#scan-code", code)
    page.press("#scan-code", "Enter")


def test_a_second_scan_waits_for_the_first_answer_and_a_lost_one_says_nothing_else(page):
    for tag in ("5CG1", "5CG2"):
        Device.objects.create(asset_tag=tag, status="ready", grade="A", shelf=f"B-{tag}")
    page.goto("/devices/scan/")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/devices/scan/", hold)
    scan(page, "5CG1")
    expect(page.locator("#scan-code")).to_have_value("")
    scan(page, "5CG2")
    wait_for(page, held, 1)
    assert "5CG1" in held[0].request.post_data
    held.pop().continue_()
    expect(page.locator(".wg-scan")).to_contain_text("B-5CG1")
    wait_for(page, held, 1)
    assert "5CG2" in held[0].request.post_data
    held.pop().continue_()
    expect(page.locator(".wg-scan")).to_contain_text("B-5CG2")

    scan(page, "5CG1")
    wait_for(page, held, 1)
    held.pop().abort()
    answer = page.locator("[data-scan-answer]")
    expect(answer).to_have_text("Stop. No answer came. Scan again.")
    expect(answer.locator("use")).to_have_attribute("href", re.compile(r"/static/icons\.\w+\.svg#x-octagon-fill"))
    expect(page.locator("#scan")).to_have_attribute("data-state", "stop")
    expect(page.locator("#scan-code")).to_have_value("")
    scan(page, "5CG2")
    wait_for(page, held, 1)
    held.pop().continue_()
    expect(page.locator("#scan")).to_have_attribute("data-state", "ok")


def test_a_number_is_typed_where_no_scanner_is_and_the_keyboard_stays_for_the_next(page):
    page.goto("/rounds/station/")
    field, button = page.locator("#scan-code"), page.get_by_role("button", name="Type the number")
    expect(field).to_have_attribute("inputmode", "none")
    button.click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("inputmode", "text")
    scan(page, "nonsense")
    expect(page.locator("#scan")).to_have_attribute("data-state", "stop")
    expect(field).not_to_have_attribute("inputmode", "none")
    expect(button).to_be_hidden()


def test_on_a_small_phone_the_field_stays_in_view_after_a_long_answer(page):
    Device.objects.create(asset_tag="5CG3", maker="Lenovo", model="ThinkPad T14", status="missing", shelf="B-07")
    page.set_viewport_size({"width": 390, "height": 560})
    page.goto("/devices/scan/")
    page.evaluate("document.querySelector('#scan-code').value = '5CG3'; scrollTo(0, 0)")
    page.evaluate("document.querySelector('#scan-code').form.requestSubmit()")
    expect(page.locator("#scan")).to_have_attribute("data-state", "stop")
    expect(page.get_by_label("Scan the next laptop")).to_be_in_viewport(ratio=1)
