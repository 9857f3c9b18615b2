"""Whatever is sent and whatever is away, there is an answer of ours with our headers, and one line in the log."""

import itertools
import os
import re
import subprocess
import sys
import uuid

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection, connections, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from config import errors
from config.management.commands.list_routes import routes
from jobs.models import Job
from partners.models import SCOPES, ApiToken
from records.refusals import Refused, is_away
from tests import running

pytestmark = pytest.mark.django_db
HEADERS = {
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
}
FILLED = {"int": "1", "slug": "R-2026-000001", "uuid": str(uuid.uuid4()), "str": "x", "path": "x", "version": "2026.1"}
# A request without a method fails before the first middleware.
SERVE_NOTHING = (
    "from config.wsgi import application; application({}, lambda status, headers, error: print(status, headers))"
)
FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="a"'
# What is sent with which type, and what comes of it where the body is read at all.
UNREADABLE = {
    "a form in Latin-1": (f"{FORM}; charset=iso-8859-1", b"name=Zo\xeb"),
    "a form in parts in UTF-16": ("multipart/form-data; boundary=x; charset=utf-16", PART + b"\r\n\r\nx\r\n--x--\r\n"),
    "in what is no character set of texts": (f"{FORM}; charset=hex", b"a=1"),
    "in a character set nobody knows": (f"{FORM}; charset=x-klingon", b"a=1"),
    "JSON in Latin-1": ("application/json; charset=iso-8859-1", b'{"name": "Zo\xeb"}'),
}
BROKEN = {
    "a character set that Django spells otherwise": (f"{FORM}; charset=utf8", b"a=1"),
    "parts without a boundary": ("multipart/form-data", b"a=1"),
    "a boundary of odd bytes": ("multipart/form-data; boundary=\xff\xfe", b"a=1"),
    "too many files": ("multipart/form-data; boundary=x", (PART + b'; filename="b"\r\n\r\nx\r\n') * 150 + b"--x--\r\n"),
    "too many fields": (FORM, b"&".join(b"a=1" for _field in range(20_002))),
}


class BrokenLine:
    """A body that says nothing more once somebody reads it."""

    def read(self, *_size):
        raise OSError("the line is gone")

    readline = read


@pytest.fixture
def browser(admin):
    """Somebody who is signed in, whose forms need their token and who is answered as on a real site."""
    found = Client(enforce_csrf_checks=True, raise_request_exception=False)
    found.force_login(admin)
    return found


@pytest.fixture
def program(social_worker, partner):
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x", scopes=SCOPES)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def no_database(transactional_db):
    """Have every new connection refused."""
    connection.close()
    port = connection.settings_dict["PORT"]
    connection.settings_dict["PORT"] = "1"
    yield
    connection.settings_dict["PORT"] = port


def addresses(*, api=False):
    """One address for every route; of the API, or all others."""
    for route in routes():
        if route.path.startswith("/api/") == api and "?" not in route.path:
            yield re.sub(r"<(?:(\w+):)?\w+>", lambda match: FILLED[match[1] or "str"], route.path)


def is_ours(answer):
    return set(answer.headers) >= HEADERS and "no-store" in answer.headers["Cache-Control"]


class TestWhatCantBeRead:
    @pytest.mark.parametrize("kind", UNREADABLE)
    def test_on_any_page_it_is_a_400_of_ours_in_one_line(self, kind, browser, written):
        content_type, body = UNREADABLE[kind]
        for address in [*addresses(), "/nowhere/"]:
            written.seek(0)
            written.truncate()
            answer = browser.generic("POST", address, body, content_type=content_type)
            assert (answer.status_code, is_ours(answer)) == (200 if address == "/healthz/" else 400, True), address
            assert address == "/healthz/" or b"We can\xe2\x80\x99t read this." in answer.content
            assert written.getvalue().count("\n") == (address != "/healthz/")

    @pytest.mark.parametrize("kind", BROKEN)
    def test_a_body_that_breaks_is_never_a_fault_of_ours(self, kind, browser, written):
        content_type, body = BROKEN[kind]
        for address in [*addresses(), "/nowhere/"]:
            written.seek(0)
            written.truncate()
            answer = browser.generic("POST", address, body, content_type=content_type)
            assert answer.status_code in (400, 403, 404, 200 if address == "/healthz/" else 400), address
            assert is_ours(answer), address
            assert written.getvalue().count("\n") == (address != "/healthz/")
        assert browser.generic("POST", "/jobs/1/try-again/", body, content_type=content_type).status_code in (400, 403)

    @pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x"])
    def test_a_body_that_breaks_off_on_the_line_is_none_either(self, content_type, client, written):
        """Nobody is there any more to read the answer: what counts is that the log holds no fault of ours."""
        client.raise_request_exception = False
        sent = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": "100", "wsgi.input": BrokenLine()}
        for address in ("/accounts/login/", "/language/", "/nowhere/"):
            assert client.generic("POST", address, **sent).status_code in (400, 404)
        assert written.getvalue().count("\n") == 3

    @pytest.mark.parametrize("kind", [*UNREADABLE, *BROKEN])
    def test_a_program_reads_what_is_wrong_as_problem_details(self, kind, program):
        content_type, body = (UNREADABLE | BROKEN)[kind]
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = program.generic("POST", "/api/v1/requests/", body, content_type=content_type, headers=headers)
        is_form = content_type.startswith(FORM)
        assert answer.status_code == (400 if kind in UNREADABLE or not is_form else 415)
        assert (answer.headers["Content-Type"], is_ours(answer)) == ("application/problem+json", True)

    @pytest.mark.parametrize("sent", [rb'{"keyboard": "\ud800"}', rb'{"\udfff": 1}', rb'["\uD83D"]', rb'"\udead"'])
    def test_half_a_sign_in_any_field_of_the_api_is_a_400(self, sent, make_program):
        for address in addresses(api=True):
            for program in make_program():
                headers = {"Idempotency-Key": str(uuid.uuid4())}
                answer = program.generic("POST", address, sent, content_type="application/json", headers=headers)
                assert answer.status_code in (400, 403, 404, 405, 415), address
                assert is_ours(answer), address
                assert answer.headers["Content-Type"] == "application/problem+json", address

    def test_a_whole_sign_written_in_two_halves_is_taken(self, program):
        sent = rb'{"recipient": {"first_name": "\ud801\udc37"}}'
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answer = program.generic("POST", "/api/v1/requests/", sent, content_type="application/json", headers=headers)
        assert "case_reference" in {error["field"] for error in answer.json()["errors"]}
        assert "recipient.first_name" not in {error["field"] for error in answer.json()["errors"]}

    @pytest.mark.parametrize("value", ["http://[", "\xff\xfe", "a" * 3000, "\\377;==,"])
    def test_no_header_is_a_fault_of_ours(self, value, browser, client, program):
        names = ("Cookie", "Accept-Language", "Referer", "Origin", "HX-Current-URL", "Accept", "Content-Type")
        names += (
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-CSRFToken",
            "Idempotency-Key",
            "If-Modified-Since",
            "Range",
        )
        client.raise_request_exception = False
        for name, method in itertools.product(names, ("GET", "POST")):
            for who, address in ((browser, "/home/"), (client, "/home/"), (program, "/api/v1/requests/")):
                headers = {name: value, "HX-Request": "true"}
                answer = who.generic(method, address, b"a=1", headers=headers)
                assert (answer.status_code < 500, is_ours(answer)) == (True, True), (name, method, address)


@pytest.fixture
def make_program(social_worker, partner, admin):
    """Programs that may do anything, for an organisation and for the association."""

    def make():
        for owner, acting_for in ((social_worker, partner), (admin, None)):
            _token, secret = ApiToken.objects.issue(owner=owner, acting_for=acting_for, name="x", scopes=SCOPES)
            yield Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})

    return make


class TestDatabaseAway:
    @pytest.mark.django_db(transaction=True)
    def test_a_page_says_so_in_the_readers_language_and_comes_back(self, browser, no_database, written):
        browser.cookies["django_language"] = "de"
        answer = browser.get("/requests/?view=all")
        assert (answer.status_code, answer.headers["Retry-After"], is_ours(answer)) == (503, "10", True)
        page = answer.content.decode()
        for words in ("Wir sind gleich wieder da.", 'lang="de"', 'href="/requests/?view=all"'):
            assert words in page
        (line,) = written.getvalue().splitlines()
        assert re.match(r"Service Unavailable: /requests/ \(OperationalError: .*refused", line)
        connection.settings_dict["PORT"] = connections["owner"].settings_dict["PORT"]
        assert browser.get("/requests/").status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_no_page_takes_it_for_a_fault_of_ours(self, browser, no_database):
        for address in [*addresses(), "/nowhere/"]:
            for method in ("GET", "POST"):
                answer = browser.generic(method, address, b"a=1", content_type=FORM)
                assert (answer.status_code != 500, is_ours(answer)) == (True, True), (method, address)
                if answer.status_code == 503 and address != "/healthz/":
                    assert answer.headers["Retry-After"] == "10"
                    assert b"in a moment" in answer.content

    @pytest.mark.django_db(transaction=True)
    def test_a_program_reads_when_to_ask_again(self, no_database):
        program = Client(raise_request_exception=False, headers={"Authorization": "Bearer wg_x"})
        with_token = [address for address in addresses(api=True) if address.count("/") > 4 or "s/" in address]
        for address, method in itertools.product(with_token, ("GET", "POST")):
            answer = program.generic(method, address, b"{}", content_type="application/json")
            if address not in ("/api/v1/docs/",):
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10"), address
                assert answer.json()["title"] == "Out of order for a moment"

    @pytest.mark.parametrize(
        ("code", "away"),
        [
            ("57P01", True),
            ("57P03", True),
            ("57014", True),
            ("08006", True),
            ("53300", True),
            ("55P03", False),
            ("40P01", False),
        ],
    )
    def test_what_postgres_says_of_itself_is_told_from_what_it_refuses(self, code, away):
        with pytest.raises(OperationalError) as failed, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")
        assert is_away(failed.value) is away

    def test_a_fault_of_ours_is_none_of_the_databases(self):
        assert not is_away(ValueError())
        assert not is_away(Refused("no"))


class TestOneLine:
    def test_a_press_that_is_refused_is_one_line(self, browser, client, volunteer, written):
        client.force_login(volunteer)
        dead = Job.objects.create(kind="tests.action", subject="people.user:1")
        client.post(f"/jobs/{dead.pk}/try-again/")
        token = browser.get("/jobs/").context["csrf_token"]
        browser.cookies["csrftoken"] = str(token)
        headers = {"X-CSRFToken": str(token), "Accept": "application/json"}
        for job in (dead.pk, 99_999_999):
            browser.post(f"/jobs/{job}/try-again/", headers=headers)
        path = f"/jobs/{dead.pk}/try-again/"
        assert written.getvalue().splitlines() == [
            f"Forbidden (Permission denied): {path}",
            f"Conflict: {path}",
            "Not Found: /jobs/99999999/try-again/",
        ]

    def test_a_fault_of_ours_has_its_traceback(self, browser, written, monkeypatch):
        monkeypatch.setattr("jobs.views.paginate", lambda *_args: 1 / 0)
        assert browser.get("/jobs/").status_code == 500
        assert "ZeroDivisionError" in written.getvalue()


def test_what_fails_within_the_page_of_a_fault_is_answered_with_our_headers(monkeypatch, written):
    monkeypatch.setattr(errors, "is_away", lambda error: 1 / 0)
    monkeypatch.setattr("config.home.redirect", lambda *_args: 1 / 0)
    started = {}

    def start_response(status, headers, exc_info=None):
        started.update(dict(headers), status=status)

    environ = RequestFactory().get("/", headers={"Host": "localhost"}).environ
    assert b"".join(errors.answered(WSGIHandler())(environ, start_response)) == b"That was our mistake."
    assert started["status"] == "500 Internal Server Error"
    assert set(started) >= HEADERS
    assert "ZeroDivisionError" in written.getvalue()


def test_the_site_that_is_served_has_that_net():
    """Another process imports it: it sets for the whole of one how long its database is waited for."""
    told = os.environ | {"DEMO": "1"}
    command = [sys.executable, "-c", SERVE_NOTHING]
    done = subprocess.run(command, cwd=running.ROOT, env=told, capture_output=True, text=True, check=True)
    assert "500 Internal Server Error" in done.stdout
    assert "Content-Security-Policy" in done.stdout


def test_the_address_of_healthz_is_asked_for_before_any_session(client, django_assert_num_queries, admin):
    client.force_login(admin)
    with django_assert_num_queries(1):
        assert client.get(reverse("healthz")).status_code == 200


def test_where_to_go_next_may_be_no_address(browser):
    """`urlsplit` refuses it, and nobody catches that on the way."""
    answer = browser.get("/accounts/login/", {"next": "//["})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/home/")
