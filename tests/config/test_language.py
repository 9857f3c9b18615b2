import pytest

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
