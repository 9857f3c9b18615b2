"""Deny by default: a stranger opens nothing, and every answer carries the content policy."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/home/", "/jobs/", "/elements/"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


def test_every_answer_carries_the_content_policy(client):
    for path in ("/accounts/login/", "/nowhere/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy
