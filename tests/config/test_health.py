"""`/healthz/` turns red when the database, the broker or the workers stop, and says which."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config.health import LATE
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def asked(client):
    answer = client.get("/healthz/")
    return answer.status_code, answer.json()["reasons"]


def test_it_is_green_when_all_is_well(client):
    Job.objects.create(
        kind="tests.action", subject="people.user:1", due_at=timezone.now() - LATE + timedelta(minutes=1)
    )
    assert asked(client) == (200, [])


def test_a_job_that_nobody_takes_makes_it_red(client):
    due_at = timezone.now() - LATE - timedelta(seconds=1)
    Job.objects.create(kind="tests.action", subject="people.user:1", due_at=due_at)
    assert asked(client) == (503, [f"workers: a job has been due since {due_at:%Y-%m-%dT%H:%M:%SZ}"])


def test_a_worker_that_died_over_a_job_makes_it_red_as_well(client):
    due_at = timezone.now() - LATE - timedelta(seconds=1)
    job = Job.objects.create(kind="tests.action", subject="people.user:1", due_at=due_at)
    assert job.claim()
    assert asked(client) == (200, [])
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert asked(client)[0] == 503


def test_a_broker_that_is_away_makes_it_red(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert asked(client) == (503, ["broker: no answer"])


def test_a_database_that_is_away_makes_it_red(client):
    connection.close()
    port = connection.settings_dict["PORT"]
    connection.settings_dict["PORT"] = "1"
    try:
        assert asked(client) == (503, ["database: no answer"])
    finally:
        connection.settings_dict["PORT"] = port
