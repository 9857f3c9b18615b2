"""A lease is short, so that a dead worker's jobs are taken up soon; a worker that lives renews it, however slow."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connections

from config.celery import app
from jobs import actions
from jobs.models import LEASE, RENEWED_EVERY, Claim, Job
from jobs.registry import DOORS
from records import clock

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = timedelta(seconds=0.6)


@pytest.fixture
def job(volunteer, monkeypatch):
    """A job of a world whose leases are short."""
    monkeypatch.setattr("jobs.models.LEASE", SHORT)
    monkeypatch.setattr("jobs.models.RENEWED_EVERY", 0.1)
    Job.objects.plan("tests.action", volunteer)
    return Job.objects.get()


def calculate(leases):
    """Work as one does that draws a PDF: it never lets go of the processor by itself."""
    until = time.monotonic() + leases * SHORT.total_seconds()
    while time.monotonic() < until:
        sum(range(10_000))


def elsewhere(work):
    """Do it in another thread, on a connection of its own; gives back what it gave, or its error."""
    found = []

    def do():
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
    return found[0]


def test_a_dead_workers_job_is_taken_up_within_half_a_minute():
    sweep = app.conf.beat_schedule["ring again for what is due"]
    assert LEASE.total_seconds() + sweep["schedule"] < 30
    assert LEASE.total_seconds() > 3 * RENEWED_EVERY  # one that fails, or two, cost nobody the job


def test_a_slow_worker_keeps_its_job(job, monkeypatch):
    taken = []

    def draw(key, claim):
        calculate(leases=3)
        taken.append(Job.objects.get().claim())

    monkeypatch.setitem(DOORS, "tests.action", draw)
    assert actions.run(job.pk) is True
    assert (taken, Job.objects.get().state, Job.objects.get().attempts) == ([None], "done", 1)


def test_once_the_work_is_over_nothing_renews(job, monkeypatch):
    before = threading.active_count()
    monkeypatch.setitem(DOORS, "tests.action", lambda key, claim: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.run(job.pk)
    assert threading.active_count() == before


def test_while_a_job_is_held_beyond_its_lease_others_pass_by_without_waiting(job):
    claim = job.claim()
    Job.objects.update(lease_until=clock.now() - SHORT)
    with claim.renewed(), claim.held():
        time.sleep(0.3)  # renewals fall into it
        assert elsewhere(Job.objects.get().claim) is None
    assert Job.objects.get().state == "done"


def test_a_worker_that_lost_its_job_renews_it_for_nobody(job):
    late, over = job.claim(), clock.now() - SHORT
    Job.objects.update(lease_until=over, token=uuid.uuid4())
    with late.renewed():
        time.sleep(0.5)
    assert Job.objects.get().lease_until == over


def test_a_renewal_that_fails_is_followed_by_the_next(job, monkeypatch):
    renew, failures = Claim._renew, [OperationalError("the server closed the connection")]

    def renew_at_second_try(claim):
        if failures:
            raise failures.pop()
        renew(claim)

    monkeypatch.setattr(Claim, "_renew", renew_at_second_try)
    claim = job.claim()
    first = Job.objects.get().lease_until
    with claim.renewed():
        calculate(leases=1)
    assert failures == []
    assert Job.objects.get().lease_until > first
