"""Deny by default: a stranger opens nothing, and every answer carries the content policy."""

import pytest
from django.http import HttpResponse
from django.test import Client

from config.middleware import NoStoreMiddleware

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/home/", "/jobs/", "/elements/"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


def test_every_answer_carries_the_content_policy(client, settings):
    answers = [client.get(path) for path in ("/accounts/login/", "/nowhere/")]
    answers.append(client.get("/accounts/login/", headers={"Host": "elsewhere.example.org"}))
    settings.SECURE_SSL_REDIRECT = True
    answers.append(Client().get("/accounts/login/"))
    answers.append(Client().get("/accounts/login/", headers={"Host": "elsewhere.example.org"}))
    assert [answer.status_code for answer in answers] == [200, 404, 400, 301, 400]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy


def test_what_says_itself_how_long_it_may_be_kept_is_left_alone(rf):
    said = HttpResponse(headers={"Cache-Control": "max-age=60"})
    assert NoStoreMiddleware(lambda request: said)(rf.get("/")).headers["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize("key", ["aaaaaaaaaaaa\\000b", "A" * 32, "x" * 40, "../../etc/passwd"])
def test_a_session_cookie_that_is_none_of_ours_is_none(client, key):
    client.cookies.load(f'sessionid="{key}"')
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/home/").url == "/accounts/login/?next=/home/"
