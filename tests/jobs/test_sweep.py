"""The clock rings whether anybody hears or not: what it rang for in vain must not stop the work later."""

import json
import socket
import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.celery import app
from documents.models import Mail
from jobs import doorbell
from jobs.models import LEASE, Job
from jobs.tasks import sweep
from tests import running

SWEEPS, JOBS = 300, 100
PATIENCE = 120  # seconds: against waiting for ever, not a promise


@pytest.fixture
def queue():
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    yield broker
    broker.flushdb()


def ring_as_the_clock(name):
    entry = app.conf.beat_schedule[name]
    app.send_task(entry["task"], **entry.get("options", {}))


def rung(queue):
    return [json.loads(message)["headers"] for message in queue.lrange("celery", 0, -1)]


def test_whatever_is_no_job_is_rung_for_by_the_clock():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == ours - {"jobs.run"}


def test_whatever_the_clock_rings_for_is_thrown_away_in_time(queue):
    for name in app.conf.beat_schedule:
        ring_as_the_clock(name)
    assert len(rung(queue)) == len(app.conf.beat_schedule)
    assert [headers["task"] for headers in rung(queue) if not headers["expires"]] == []


@pytest.mark.django_db(transaction=True)
def test_stale_sweeps_drain_and_the_work_goes_on(queue, tmp_path, monkeypatch):
    """As after a night without a worker: without an end, each sweep would ring anew for every job."""
    monkeypatch.setitem(app.conf.beat_schedule["ring again for what is due"], "options", {"expires": 1})
    for _sweep in range(SWEEPS):
        ring_as_the_clock("ring again for what is due")
    time.sleep(1.1)
    mails = Mail.objects.bulk_create(
        Mail(kind="partners.invited", subject="partners.membership:0") for _ in range(JOBS)
    )
    Job.objects.bulk_create(
        Job(kind="documents.send_mail", subject=f"documents.mail:{mail.pk}", due_at=timezone.now() - LEASE)
        for mail in mails
    )
    left, longest, until = (JOBS, SWEEPS), 0, time.monotonic() + PATIENCE
    with running.worker(tmp_path):
        while left != (0, 0) and time.monotonic() < until:
            left = (Job.objects.exclude(state="done").count(), queue.llen("celery"))
            longest = max(longest, left[1])
            time.sleep(0.1)
    assert left == (0, 0)  # as it was at work: its clock may ring once more while it stops
    assert longest < SWEEPS + 5 * JOBS


@pytest.mark.django_db(transaction=True)
def test_who_plans_many_stops_ringing_when_nobody_opens(make_user, monkeypatch):
    tried = []
    monkeypatch.setattr("jobs.models.ring", tried.append)  # which gives back nothing, as if nobody opened
    with transaction.atomic():
        Job.objects.plan_many("tests.action", [make_user(f"{n}@example.org") for n in range(5)])
    assert len(tried) == 1


@pytest.mark.django_db
def test_the_sweep_rings_for_what_is_overdue_and_stops_when_nobody_opens(volunteer, dispatcher, admin, monkeypatch):
    tried = []
    monkeypatch.setattr("jobs.tasks.ring", lambda pk: tried.append(pk) or len(tried) < 2)
    Job.objects.plan_many("tests.action", [volunteer, dispatcher, admin])
    sweep()
    assert tried == []  # they have just been rung for
    Job.objects.update(due_at=timezone.now() - LEASE)
    sweep()
    assert len(tried) == 2


@pytest.mark.django_db
def test_a_sweep_rings_for_so_many_at_once_the_oldest_first(volunteer, dispatcher, admin, monkeypatch):
    tried = []
    monkeypatch.setattr("jobs.tasks.AT_ONCE", 2)
    monkeypatch.setattr("jobs.tasks.ring", lambda pk: tried.append(pk) or True)
    Job.objects.plan_many("tests.action", [volunteer, dispatcher, admin])
    newest, *older = Job.objects.order_by("pk")
    Job.objects.update(due_at=timezone.now() - LEASE)
    Job.objects.filter(pk=newest.pk).update(due_at=timezone.now() - LEASE / 2)
    sweep()
    assert sorted(tried) == [job.pk for job in older]


RING = "import django; django.setup(); from jobs.doorbell import ring; assert ring(1) is False"


def test_a_broker_that_is_away_holds_nobody_up(tmp_path):
    """Tried again as by default, one ring takes six seconds."""
    told = {"PATH": "", "DEMO": "1", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    told["REDIS_URL"] = "redis://127.0.0.1:1/0"
    program = RING + "; import time; began = time.monotonic(); ring(2); assert time.monotonic() - began < 3"
    done = subprocess.run([sys.executable, "-c", program], cwd=running.ROOT, env=told, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_a_broker_that_says_nothing_holds_a_press_with_many_jobs_up_once(tmp_path):
    told = {"PATH": "", "DEMO": "1", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    program = RING + "; import time; time.sleep(1); began = time.monotonic(); assert not any(map(ring, range(10)))"
    program += "; assert 0.4 < time.monotonic() - began < 1"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told["REDIS_URL"] = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=running.ROOT, env=told, check=False, capture_output=True
        )
    assert done.returncode == 0, done.stderr.decode()


def test_a_ring_lasts_until_the_sweep_has_rung_again(queue):
    doorbell.ring(1)
    (headers,) = rung(queue)
    assert headers["expires"]


def test_work_that_never_ends_is_stopped():
    """Its worker would renew the lease for ever."""
    assert 60 < app.conf.task_time_limit < 120
