import pytest
from django.conf import settings as site_settings
from django.test import Client

pytestmark = pytest.mark.django_db


def language_of(page):
    return page.content.decode().partition('<html lang="')[2][:2]


def test_a_stranger_is_spoken_to_in_the_browsers_language(client):
    assert language_of(client.get("/accounts/login/", headers={"accept-language": "fr-CH"})) == "fr"


def test_a_persons_choice_is_kept_and_goes_before_the_browsers(client, social_worker):
    client.force_login(social_worker)
    client.post("/language/", {"language": "it", "next": "/home/"})
    social_worker.refresh_from_db()
    assert social_worker.language == "it"
    client.cookies.clear()
    client.force_login(social_worker)
    assert language_of(client.get("/home/", headers={"accept-language": "fr-CH"})) == "it"


def test_a_language_we_do_not_speak_changes_nothing(client, social_worker):
    client.force_login(social_worker)
    client.post("/language/", {"language": "xx", "next": "/home/"})
    social_worker.refresh_from_db()
    assert social_worker.language == "en"


def switched_from(client, page):
    """Where the switch of a page leads, with what it says there."""
    back = page.content.decode().partition('name="next" value="')[2].partition('"')[0]
    return client.post("/language/", {"language": "fr", "next": back}, follow=True)


def test_the_switch_leads_back_to_the_page_as_it_is(client, admin):
    client.force_login(admin)
    answer = switched_from(client, client.get("/requests/?status=approved"))
    assert (answer.status_code, answer.request["QUERY_STRING"]) == (200, "status=approved")


def test_the_switch_of_a_page_that_opens_by_a_form_only_leads_above_it(client, admin):
    client.force_login(admin)
    answer = client.post("/language/", {"language": "fr", "next": "/requests/search/"}, follow=True)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, "/requests/")


def test_the_switch_after_a_wrong_password_leads_to_signing_in(client):
    page = client.post("/accounts/login/", {"login": "eve@example.org", "password": "x"})
    assert switched_from(client, page).request["PATH_INFO"] == "/accounts/login/"


def test_the_switch_of_a_form_with_no_page_above_it_leads_to_the_start(client):
    page = client.post("/accounts/password/reset/", {"email": "nobody"})
    assert page.status_code == 200
    answer = switched_from(client, page)
    assert (answer.status_code, answer.redirect_chain[0][0]) == (200, "/")


def test_the_switch_needs_no_token_and_no_other_site_switches_for_somebody():
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/language/", {"language": "fr", "next": "/accounts/login/"}, follow=True)
    assert language_of(answer) == "fr"
    # A form of another site brings no session along, so nobody's own choice is changed.
    assert site_settings.SESSION_COOKIE_SAMESITE == "Lax"
