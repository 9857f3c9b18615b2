"""A database or a broker that is frozen: it takes connections and says nothing. Nobody hangs, and all comes back."""

import os
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from config import embedded
from jobs.models import Job
from partners.models import ApiToken
from tests import running

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30  # seconds: against waiting for ever
CSRF = "a" * 32


@pytest.fixture(scope="module")
def broker():
    """The address of a broker that no other test has."""
    return embedded.start_valkey()


@pytest.fixture(scope="module")
def site(tmp_path_factory, on_disk, broker, django_db_blocker):
    """The address of the site as gunicorn serves it, on the database on disk."""
    port = embedded.free_port()
    with django_db_blocker.unblock(), running.web(tmp_path_factory.mktemp("site"), port=port, REDIS_URL=broker):
        yield running.address(port)


@pytest.fixture
def ask(site, admin, social_worker, partner):
    """Ask the site as somebody who is signed in, or at the API as a program: status, seconds and headers."""
    client = Client()
    client.force_login(admin)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    _token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="x")
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
        "X-CSRFToken": CSRF,
        "Authorization": f"Bearer {secret}",
    }

    def asked(path, data=None):
        request = urllib.request.Request(f"{site}{path}", data, headers)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            answer = error
            answer.close()
        return answer.status, time.monotonic() - began, answer.headers

    return asked


@pytest.fixture
def until_well(ask):
    """Wait until pages are answered again, by themselves and by each of the site's processes."""

    def wait():
        until = time.monotonic() + PATIENCE
        while (found := {ask("/home/")[0] for _time in range(8)}) != {200} and time.monotonic() < until:
            time.sleep(0.1)
        return found

    return wait


@contextmanager
def frozen(*processes):
    _send(signal.SIGSTOP, processes)
    try:
        yield
    finally:
        _send(signal.SIGCONT, processes)


def _send(what, processes):
    for process in processes:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(process, what)


def postgres():
    """The process of the server and those of its connections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    server = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    return [server, *map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split())]


def test_while_the_database_is_frozen_all_is_answered_and_afterwards_it_is_as_before(ask, until_well):
    with ThreadPoolExecutor(12) as crowd:
        for answer in crowd.map(ask, ["/home/"] * 12):  # so that each thread of the site has a connection
            assert answer[0] == 200
        with frozen(*postgres()):
            asked = [crowd.submit(ask, path) for path in ["/home/", "/requests/", "/api/v1/requests/"] * 4]
            time.sleep(0.2)
            status, seconds, headers = ask("/healthz/")
            assert (status, seconds < 3) == (503, True), seconds
            for status, seconds, headers in (future.result() for future in asked):
                assert (status, seconds < 10, headers["Retry-After"]) == (503, True, "10"), seconds
                assert "default-src" in headers["Content-Security-Policy"]
    assert until_well() == {200}


def test_connections_that_were_cut_are_replaced_at_the_next_question(ask, until_well):
    mine = "usename = CURRENT_USER AND pid <> pg_backend_pid()"
    for _round in range(3):  # on a busy machine a server may be so slow to greet that it is taken for a frozen one
        assert until_well() == {200}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
        found = {ask("/home/")[0] for _time in range(8)}
        if found == {200}:
            break
    assert found == {200}


def test_a_frozen_broker_costs_a_press_no_more_than_a_second(ask, broker, until_well):
    assert until_well() == {200}
    jobs = [Job.objects.create(kind="tests.action", subject=f"people.user:{n}", state="dead") for n in range(2)]
    press = [f"/jobs/{job.pk}/try-again/" for job in jobs]
    _status, usual, _headers = ask(press[0], b"")
    with redis.Redis.from_url(broker) as client:
        process = client.info()["process_id"]
    with frozen(process):
        status, seconds, _headers = ask(press[1], b"")
        assert (status, seconds - usual < 1) == (200, True), (seconds, usual)
        assert ask("/healthz/")[0] == 503
        status, seconds, _headers = ask("/api/v1/requests/")
        assert (status, seconds < usual + 1) == (200, True), (seconds, usual)
    assert set(Job.objects.values_list("state", flat=True)) == {"waiting"}
    assert ask("/healthz/")[0] == 200
