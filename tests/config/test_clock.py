"""The clock is a small process: it knows the broker, and nothing of models or pages."""

import json
import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings

from tests import running

PATIENCE = 60  # seconds: against waiting for ever, not a promise
LOADS = "import config.clock, sys; print({'config.settings', 'django.db', 'jobs.models'} & sys.modules.keys())"


@pytest.fixture
def queue():
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    yield broker
    broker.flushdb()


def test_it_loads_neither_settings_nor_models():
    told = {"PATH": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", LOADS], cwd=running.ROOT, env=told, capture_output=True, check=True)
    assert done.stdout == b"set()\n"


def test_it_rings_and_ends_when_it_is_told_to(queue, tmp_path):
    told = {"PATH": "", "REDIS_URL": settings.REDIS_URL, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with running.Process("-m", "config.clock", "--schedule", str(tmp_path / "clock"), env=told) as clock:
        until = time.monotonic() + PATIENCE
        while not queue.llen("celery") and time.monotonic() < until:
            time.sleep(0.1)
        rung = {json.loads(message)["headers"]["task"] for message in queue.lrange("celery", 0, -1)}
        clock.process.terminate()
        assert clock.process.wait(PATIENCE) == 0
    assert "jobs.sweep" in rung


def test_an_address_that_is_none_is_one_sentence(tmp_path):
    command = [sys.executable, "-m", "config.clock", "--schedule", str(tmp_path / "clock")]
    told = {"PATH": "", "REDIS_URL": "http://nowhere"}
    done = subprocess.run(command, cwd=running.ROOT, env=told, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "REDIS_URL is no address" in done.stderr
