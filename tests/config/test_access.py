"""Deny by default: every route says who may open it, and lets in nobody else."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db
ALLAUTH = "accounts/"


def routes(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def test_every_route_of_ours_says_who_may():
    silent = [path for path, view in routes() if not path.startswith(ALLAUTH) and not hasattr(view, "access")]
    assert silent == []


@pytest.mark.parametrize("path", ["/home/", "/jobs/", "/elements/"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


def test_every_answer_carries_the_content_policy(client):
    for path in ("/accounts/login/", "/nowhere/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy
