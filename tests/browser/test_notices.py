"""A notice in a real browser: written, published, read above a page and put away without leaving it; a mail's words."""

import pytest
from playwright.sync_api import expect

from partners.models import Membership, NoticeDismissal
from records import clock
from tests import factories

from .checks import check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_notice_is_published_and_put_away_and_a_mail_gets_other_words(visit, known_passwords):
    partner = factories.active_partner("Service social Valbroye")
    reader, _secret = make_person("reader", "fr")
    Membership.objects.create(user=reader, partner=partner, role="manager")
    admin = visit("de")
    sign_in(admin, *make_person("admin", "de", "admin"))
    admin.goto("/settings/notices/new/")
    admin.check("[name=audience][value=organisations]")
    admin.check("[name=tone][value=warning]")
    admin.check("[name=by_mail]")
    admin.fill("[name=title_de]", "Über die Feiertage geschlossen")
    admin.fill(
        "[name=body_de]", f"Bis {clock.today().year + 1} geht kein Paket ab.\n\nhttps://example.org/" + 60 * "lang"
    )
    check_page(admin, "notice-form")
    press(admin, "main form [type=submit]")
    check_page(admin, "notice-draft")
    press(admin, "a[href$='/publish/']")
    check_page(admin, "notice-publish")
    press(admin, "main form [type=submit]")
    expect(admin.locator("progress")).to_be_visible()
    check_page(admin, "notice-published")
    admin.goto("/settings/notices/")
    check_page(admin, "notices")

    page = visit("fr")
    sign_in(page, reader)
    page.goto("/requests/new/")
    expect(page.locator(".wg-notices [lang=de]")).to_be_visible()
    check_page(page, "notice-shown")
    page.click(".wg-notices button")
    expect(page.locator(".wg-notices section")).to_have_count(0)
    assert "/requests/new/" in page.url
    assert NoticeDismissal.objects.get().user == reader

    admin.goto("/settings/mails/")
    check_page(admin, "mails")
    admin.goto("/settings/mails/partners.invited/?language=fr")
    admin.fill("[name=subject]", "Bienvenue dans {organisation}")
    press(admin, "[name=look]")
    expect(admin.locator("main")).to_contain_text("Bienvenue dans Sozialdienst Lindental")
    check_page(admin, "mail-text")


def press(page, button):
    with page.expect_navigation():
        page.click(button)
