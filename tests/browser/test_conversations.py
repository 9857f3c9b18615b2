"""A question in a real browser: a social worker asks about a request, the desk answers, and nothing is new any more."""

import pytest
from playwright.sync_api import expect

from partners.models import Conversation, Membership
from tests import factories

from .checks import check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_is_asked_answered_and_read(visit, known_passwords):
    partner = factories.active_partner("Service social Valbroye")
    worker, _secret = make_person("worker", "fr")
    Membership.objects.create(user=worker, partner=partner, role="social_worker")
    device_request = factories.receive(partner, by=worker)

    page = visit("fr")
    sign_in(page, worker)
    page.goto(device_request.get_absolute_url())
    page.fill("#conversation [name=text]", "Faut-il l’attestation\u202f? " + 60 * "long")
    press(page, "#conversation [type=submit]")
    check_page(page, "request-asked")

    desk = visit("de")
    sign_in(desk, *make_person("admin", "de", "admin"))
    desk.goto("/desk/")
    check_page(desk, "desk")
    press(desk, "main table a")
    expect(desk.locator("#conversation .wg-talk .wg-pill")).to_have_count(1)
    desk.fill("#conversation [name=text]", "Ja, bitte.")
    press(desk, "#conversation .btn-primary")
    expect(desk.locator("#conversation")).to_contain_text("Ja, bitte.")
    assert Conversation.objects.get().waits_for == "partner"

    page.goto("/questions/")
    expect(page.locator("main table .wg-pill")).to_have_count(1)
    check_page(page, "questions")
    press(page, "main table a")
    page.goto("/questions/")
    expect(page.locator("main table .wg-pill")).to_have_count(0)


def press(page, button):
    with page.expect_navigation():
        page.click(button)
