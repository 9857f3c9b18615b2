"""Limits on signing in hold whatever becomes of the broker, and keep nobody's address for long."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from people.models import Session
from people.tasks import delete_expired

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


def test_what_is_over_is_forgotten_and_who_is_signed_in_stays(client, social_worker, dispatcher):
    keys = []
    for user in (social_worker, dispatcher):
        client.cookies.clear()
        client.force_login(user)
        keys.append(client.session.session_key)
        UserSession.objects.get_or_create(session_key=keys[-1], defaults={"user": user, "ip": "192.0.2.7"})
        cache.set(user.email, 1, timeout=60)
    over, live = keys
    Session.objects.filter(session_key=over).update(expire_date=timezone.now() - timedelta(seconds=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_limit SET expires = now() - interval '1s' WHERE cache_key LIKE %s", ["%:worker@%"]
        )
        delete_expired()
        cursor.execute("SELECT cache_key FROM people_limit")
        assert cursor.fetchall() == [(":1:dispatch@example.org",)]
    assert list(Session.objects.values_list("session_key", flat=True)) == [live]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [live]
    assert client.get("/home/").status_code == 200
