"""The schema and the page that shows it: valid, complete, and nothing from anywhere else."""

import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_valid_and_nothing_in_it_is_guessed(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_anybody_may_read_the_schema(client):
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    assert answer.json()["info"] == {"title": "Weitergabe", "version": "1"} | answer.json()["info"]


def test_the_schema_leaves_packed_and_no_page_with_a_token_does(client):
    packed = {
        path: client.get(path, headers={"Accept-Encoding": "gzip, br"}).headers.get("Content-Encoding")
        for path in ("/api/v1/schema/", "/api/v1/docs/", "/accounts/login/")
    }
    assert packed == {"/api/v1/schema/": "gzip", "/api/v1/docs/": None, "/accounts/login/": None}


def test_every_route_stands_in_it_with_problems_and_keys(schema):
    api = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    ours = [entry for entry in api.url_patterns if hasattr(entry.callback.cls, "may") and entry.name != "nowhere"]
    assert len(schema["paths"]) == len(ours)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert "application/problem+json" in operation["responses"]["default"]["content"], path
            named = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (method == "post"), path
            assert operation["security"] == [{"token": []}], path
            assert operation["summary"], path
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_lists_turn_pages_by_key(schema):
    operation = schema["paths"]["/api/v1/requests/"]["get"]
    assert {"rows", "after", "before", "status"} <= {parameter["name"] for parameter in operation["parameters"]}
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert set(schema["components"]["schemas"][answer]["properties"]) == {"next", "previous", "results"}


def test_the_page_keeps_to_the_strict_policy_and_fetches_nothing_from_elsewhere(client):
    page = client.get("/api/v1/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r'(?:src|href)="((?:https?:)?//[^"]*)"', html) == []
    script = client.get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    for kind in ("invalid", "refused", "busy", "key_reused", "not_made_yet"):
        assert f'id="{kind}"' in html
