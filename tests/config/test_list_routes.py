import json

import pytest
from django.core.management import call_command
from django.urls import URLResolver, get_resolver


def listed(capsys):
    call_command("list_routes", "--json")
    return json.loads(capsys.readouterr().out)


def count(resolver):
    return sum(count(entry) if isinstance(entry, URLResolver) else 1 for entry in resolver.url_patterns)


def test_every_route_has_a_row(capsys):
    assert len(listed(capsys)) == count(get_resolver())


@pytest.mark.parametrize(
    "row",
    [
        {"path": "/home/", "name": "home", "methods": ["any"], "who_may": "signed in"},
        {"path": "/healthz/", "name": "healthz", "methods": ["any"], "who_may": "public"},
        {
            "path": "/requests/<slug:number>/approve/",
            "name": "requests:approve",
            "methods": ["POST"],
            "who_may": "partner: social_worker, manager",
        },
        {"path": "/requests/queue/", "name": "requests:queue", "methods": ["any"], "who_may": "dispatcher, admin"},
        {"path": "/jobs/<int:pk>/try-again/", "name": "jobs:try_again", "methods": ["POST"], "who_may": "admin"},
        {"path": "/accounts/logout/", "name": "account_logout", "methods": ["GET", "POST"], "who_may": "allauth"},
        {
            "path": "/api/v1/requests/<slug:number>/approve/",
            "name": "api:request_approve",
            "methods": ["POST"],
            "who_may": "POST: partner: social_worker, manager",
        },
    ],
    ids=lambda row: row["name"],
)
def test_a_known_route_is_told_exactly(capsys, row):
    assert [found for found in listed(capsys) if found["name"] == row["name"]] == [row]


def test_no_route_of_ours_is_silent_about_who_may(capsys):
    assert [row["path"] for row in listed(capsys) if not row["who_may"]] == []


def test_without_json_it_is_a_table_with_a_line_for_each(capsys):
    call_command("list_routes")
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["Path", "Name", "Methods", "Who", "may"]
    assert len(lines) == count(get_resolver())
    assert any(line.split() == ["/jobs/", "jobs:list", "any", "admin"] for line in lines)
