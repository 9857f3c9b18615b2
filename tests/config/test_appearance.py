"""What a person chooses for the pages: light or dark, and the language."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_choice_is_kept_and_the_next_page_follows_it(client, social_worker):
    client.force_login(social_worker)
    page = client.post("/appearance/", {"theme": "dark", "language": "fr"}, follow=True).content.decode()
    social_worker.refresh_from_db()
    assert (social_worker.theme, social_worker.language) == ("dark", "fr")
    assert '<html lang="fr"' in page
    assert 'data-bs-theme="dark"' in page


def test_that_it_is_kept_is_said(client, social_worker):
    client.force_login(social_worker)
    page = client.post("/appearance/", {"theme": "dark", "language": "en"}, follow=True).content.decode()
    assert "Saved." in page


def test_what_is_not_offered_changes_nothing(client, social_worker):
    client.force_login(social_worker)
    client.post("/appearance/", {"theme": "pink", "language": "xx", "name": "Eve", "is_staff": "on"})
    client.post("/appearance/", {"theme": "light", "language": "de", "name": "Eve", "is_superuser": "on"})
    before = social_worker.name
    social_worker.refresh_from_db()
    assert (social_worker.theme, social_worker.language, social_worker.name) == ("light", "de", before)
    assert not social_worker.is_superuser
