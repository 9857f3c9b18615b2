"""Limits on signing in hold whatever becomes of the broker, and keep nobody's address for long."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
WRONG = {"login": "worker@example.org", "password": "not the right one 9"}
DEAD = "redis://127.0.0.1:1/0"


def test_people_sign_in_and_guesses_are_counted_while_redis_is_away(client, social_worker, settings):
    settings.CACHES = {
        name: cache | ({"LOCATION": DEAD} if "redis" in cache["BACKEND"] else {})
        for name, cache in settings.CACHES.items()
    }
    social_worker.set_password("eine lange Nacht 9")
    social_worker.save()
    assert client.post("/accounts/login/", WRONG | {"password": "eine lange Nacht 9"}).status_code == 302
    client.logout()
    said = [client.post("/accounts/login/", WRONG).content.decode() for _guess in range(6)]
    assert ["Too many attempts" in page for page in said] == [False] * 5 + [True]


def test_the_sites_login_writes_them_and_does_not_own_them():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'people_limit'")
        assert cursor.fetchall() == [(False,)]
