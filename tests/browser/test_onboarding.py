"""From "we are interested" to the first request, in a real browser with a real worker."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from partners.actions import publish_first_version
from partners.models import Agreement, Application, Partner
from requests.models import DeviceRequest
from tests import factories

from .checks import check_page
from .signing_in import PASSWORD, make_person, sign_in
from .test_walk import PLACES, choose, mail_to, press, write_and_approve

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "jana@partner.example.org"
QUESTIONS = {"de": "Wer prüft bei Ihnen die Anträge?", "fr": "Qui examine les demandes chez vous\u202f?"}


@pytest.fixture
def admin(visit, transactional_db, known_passwords):
    """Opens a browser for an admin, signed in."""
    call_command("load_communes", verbosity=0)
    factories.creditor_account()
    publish_first_version()

    def enter(language):
        page = visit(language)
        sign_in(page, *make_person("admin", language, "admin"))
        page.wait_for_url("**/home/")
        return page

    return enter


@pytest.mark.parametrize("language", ["de", "fr"])
def test_from_interest_to_the_first_request(language, admin, visit, tmp_path):
    place, desk = PLACES[language], admin(language)
    visitor = visit(language)
    announce(visitor, place, language)
    follow_the_link(visitor, tmp_path, language)
    complete(visitor, place, language)
    partner = Partner.objects.get()
    ask_and_answer(desk, visitor, partner, language)
    admit(desk, partner, language)
    manager = first_sign_in(visit(language), tmp_path, language)
    sign = hand_in_a_paper if language == "fr" else sign_on_screen
    sign(manager, partner, language)
    countersign(desk, partner, language)
    write_and_approve(manager, place, language)
    partner.refresh_from_db()
    agreement = Agreement.objects.get()
    assert (partner.status, agreement.text_is_as_signed) == ("active", True)
    assert DeviceRequest.objects.get().partner == partner
    verbs = ["confirm", "complete", "write", "write", "admit", "invite", "accept_invitation"]
    verbs += ["upload_agreement" if language == "fr" else "sign", "countersign"]
    assert list(partner.steps.values_list("verb", flat=True)) == verbs


def announce(page, place, language):
    page.goto("/join/")
    check_page(page, f"{language}-join")
    choose(page, "kind", "commune")
    page.fill("[name=name]", place.name)
    page.fill("[name=postcode]", place.postcode)
    page.fill("[name=town]", place.town)
    page.fill("[name=area]", place.postcode)
    page.press("[name=area]", "Tab")
    expect(page.get_by_label(place.commune)).to_be_checked()
    page.fill("[name=contact_name]", "Jana Côté-Müller")
    page.fill("[name=contact_function]", "Leiterin")
    page.fill("[name=email]", ADDRESS)
    choose(page, "language", language)
    press(page)
    check_page(page, f"{language}-announced")
    assert Application.objects.get().confirmed_at is None


def follow_the_link(page, folder, language):
    page.goto(re.search(r"http\S+/join/\S+", mail_to(folder, ADDRESS))[0])
    check_page(page, f"{language}-application-unconfirmed")
    assert Partner.objects.count() == 0  # looking changes nothing
    press(page)
    check_page(page, f"{language}-application-confirmed")


def complete(page, place, language):
    page.click("main a[href$='/complete/']")
    page.fill("[name=street]", place.street)
    page.fill("[name=house_number]", "1")
    choose(page, "delivery", "person")
    page.select_option("[name=pays-language]", language)
    check_page(page, f"{language}-complete")
    press(page)
    expect(page.locator("#id_pays-email_error")).to_be_visible()
    page.fill("[name=pays-email]", "kasse@partner.example.org")
    press(page)
    check_page(page, f"{language}-application-complete")


def ask_and_answer(desk, visitor, partner, language):
    desk.goto(partner.get_absolute_url())
    check_page(desk, f"{language}-partner-applied")
    desk.fill("#messages [name=text]", QUESTIONS[language])
    with desk.expect_navigation():
        desk.click("#messages button")
    visitor.reload()
    expect(visitor.locator("#messages .wg-talk")).to_contain_text(QUESTIONS[language])
    visitor.fill("#messages [name=text]", "Ich. / Moi.")
    with visitor.expect_navigation():
        visitor.click("#messages button")
    check_page(visitor, f"{language}-application-answered")


def admit(desk, partner, language):
    desk.reload()
    expect(desk.locator("#messages .wg-talk")).to_contain_text("Ich. / Moi.")
    with desk.expect_navigation():
        desk.click("form[action$='/admit/'] button")
    check_page(desk, f"{language}-partner-invited")


def first_sign_in(page, folder, language):
    """The contact person: the invitation's link, a password, and in at once."""
    page.goto(re.search(r"http\S+/password/\S+", mail_to(folder, ADDRESS, "/password/"))[0])
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    press(page)
    page.wait_for_url("**/home/")
    press(page)
    check_page(page, f"{language}-home-manager-first")
    return page


def sign_on_screen(page, partner, language):
    page.goto(partner.get_absolute_url())
    check_page(page, f"{language}-partner-own")
    page.click("main a.btn-primary[href$='/sign/']")
    check_page(page, f"{language}-sign")
    page.fill("[name=function]", "Leiterin Soziales")
    page.check("[name=may_sign]")
    press(page)
    check_page(page, f"{language}-signed")


def hand_in_a_paper(page, partner, language):
    page.goto(f"{partner.get_absolute_url()}upload-agreement/")
    check_page(page, f"{language}-upload-agreement")
    page.set_input_files("[name=file]", {"name": "signé.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"})
    page.fill("[name=name]", "Jana Côté-Müller")
    page.fill("[name=function]", "Cheffe du service")
    page.fill("[name=signed_on]", "2026-01-15")
    press(page)


def countersign(desk, partner, language):
    desk.goto(partner.get_absolute_url())
    desk.click("main a.btn-primary[href*='/agreements/']")
    check_page(desk, f"{language}-agreement-to-countersign")
    with desk.expect_navigation():
        desk.click("form[action$='/countersign/'] button")
    check_page(desk, f"{language}-partner-countersigned")
