"""Everything that a role can click its way to, read for the name of a person who gets a laptop."""

import html
import re

import pytest

from .conftest import FIRST, LAST, STREET

pytestmark = pytest.mark.django_db

LINKS = re.compile(r'(?:href|hx-get)="([^"#]+)')
MOST = 150


def walk(client):
    """Each page that can be reached from the start by links, with its text."""
    waiting, seen = (
        ["/home/", "/", "/accounts/2fa/", "/rounds/station/", "/devices/", "/invoices/", "/partners/"],
        set(),
    )
    while waiting:
        url = waiting.pop(0)
        if url in seen or url.startswith(("/static/", "/accounts/logout/")):
            continue
        seen.add(url)
        assert len(seen) < MOST, "the walk has no end"
        answer = client.get(url)
        assert answer.status_code != 500
        if answer.streaming:
            b"".join(answer)  # read to its end, so that the file is closed
            continue
        if answer.status_code in (301, 302) and answer.url.startswith("/"):
            waiting.append(answer.url)
        text = html.unescape(answer.content.decode())
        path = url.partition("?")[0]
        waiting += [
            path + link if link.startswith("?") else link
            for link in map(html.unescape, LINKS.findall(text))
            if link.startswith(("/", "?")) and not link.startswith("//")
        ]
        yield url, text


def told(text):
    return [word for word in (FIRST, LAST, STREET) if word in text]


@pytest.mark.parametrize("role", ["volunteer", "treasurer", "auditor"])
def test_who_works_for_the_association_without_the_persons_never_reads_one(client, make_user, device_request, role):
    client.force_login(make_user("somebody@example.org", role))
    pages = dict(walk(client))
    assert len(pages) > 10
    assert {url: told(text) for url, text in pages.items() if told(text)} == {}


def test_an_organisations_accounting_never_reads_a_person(client, make_member, device_request):
    client.force_login(make_member("accounting"))
    pages = dict(walk(client))
    assert any(device_request.number in text for text in pages.values())
    assert {url: told(text) for url, text in pages.items() if told(text)} == {}


def test_another_organisation_reads_neither_the_person_nor_the_request(client, stranger, device_request):
    client.force_login(stranger)
    words = (device_request.number, device_request.partner.name)
    assert [url for url, text in walk(client) if told(text) or any(word in text for word in words)] == []


def test_the_walk_would_find_a_name(client, social_worker, device_request):
    client.force_login(social_worker)
    assert any(told(text) == [FIRST, LAST, STREET] for _url, text in walk(client))


@pytest.mark.parametrize("words", [FIRST, f"{FIRST} {LAST}", "LT-1", "R-"])
def test_a_search_finds_nothing_of_another_organisation(client, stranger, device_request, words):
    client.force_login(stranger)
    for answer in (
        client.post("/requests/search/", {"name": words}, follow=True),
        client.get("/requests/", {"view": "all", "q": words}),
        client.get("/requests/", {"view": "all", "partner": device_request.partner_id}),
        client.get("/invoices/", {"q": words}),
        client.get("/invoices/", {"partner": device_request.partner_id}),
    ):
        assert answer.status_code == 200 or answer.url == "/requests/"
        page = answer.content.decode().replace(words, "")
        assert device_request.number not in page
        assert device_request.partner.name not in page


def test_a_scan_and_its_refusals_never_say_a_name(client, volunteer, device_request):
    client.force_login(volunteer)
    label = "990000000000000417"
    for scan in ({"code": label}, {"code": "D-1", "label": label}, {"code": label, "mode": "hand-over"}, {"code": "x"}):
        assert told(client.post("/rounds/station/", scan).content.decode()) == []
