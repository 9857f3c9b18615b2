"""Whatever dies under bin/start is started again: the site answers soon, and nothing that was acknowledged is lost."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from contextlib import suppress
from functools import partial

import psycopg2
import pytest

from config import supervisor
from config.supervisor import TOO_OFTEN, Part
from tests import running

WRITERS = 50
BETWEEN = 5  # seconds that a writer rests between two writes
SOON = 10  # seconds until the site answers again
TAKEN_UP = 30  # seconds until another worker has the job
PATIENCE = 120  # seconds: against waiting for ever, not a promise

PARTS = {  # by a word in their command
    "The worker": "\0worker\0",
    "PostgreSQL": "bin/postgres\0-D",
    "Valkey": "valkey",
    "The web server": "gunicorn",
}
ALONE = [(name,) for name in PARTS]
IN_PAIRS = list(zip(PARTS, [*list(PARTS)[1:], *list(PARTS)[:1]], strict=True))

# What an organisation's program needs, and a mail whose server never answers: a job that its worker works on for long.
BEGIN = """
import json
from partners.models import *
from partners import actions
from people.models import *
from tests import factories
admin = User.objects.create_user("admin@example.org", name="Ada", language="en")
AssociationRole.objects.create(user=admin, role="admin")
partner = factories.active_partner("Sozialdienst Lindental")
bill_to = partner.bill_tos.get()
worker = User.objects.create_user("worker@example.org", name="Bea", language="en")
Membership.objects.create(user=worker, partner=partner, role="social_worker")
Coverage.objects.create(partner=partner, commune_id=404)
secrets = [ApiToken.objects.issue(owner=worker, acting_for=partner, name=str(n))[1] for n in range(%d)]
actions.invite(partner, email="carla@example.org", name="Carla", role="manager", by=admin)
print(json.dumps({"secrets": secrets, "bill_to": bill_to.pk}))
"""
PERSON = {"first_name": "Samira", "last_name": "Wenger", "street": "Gasse", "postcode": "3400", "town": "Burgdorf"}
WISH = {"recipient": PERSON, "commune": 404, "delivery": "person", "purpose": "school", "keyboard": "ch-de"}


class SilentMailServer:
    """Takes calls and says nothing; `called` holds when."""

    def __init__(self):
        self.called, self.held = [], []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        with suppress(OSError):
            while True:
                self.held.append(self.server.accept()[0])
                self.called.append(time.monotonic())


class Writers:
    """Fifty programs that write requests down; `acknowledged` holds when each was sent, and its number."""

    def __init__(self, url, secrets, bill_to):
        self.url, self.wish = f"{url}/api/v1/requests/", WISH | {"bill_to": bill_to}
        self.acknowledged, self.over = [], threading.Event()
        self.threads = [threading.Thread(target=self._write, args=[secret]) for secret in secrets]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _write(self, secret):
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.over.wait(random.uniform(0, BETWEEN))
        while not self.over.is_set():
            sent, reference = time.monotonic(), str(uuid.uuid4())
            body = json.dumps(self.wish | {"case_reference": reference[:20]}).encode()
            request = urllib.request.Request(self.url, body, headers | {"Idempotency-Key": reference})
            with suppress(OSError), urllib.request.urlopen(request, timeout=SOON) as answer:
                self.acknowledged.append((sent, json.load(answer)["number"]))
            self.over.wait(BETWEEN)

    def answered_since(self, moment):
        return any(sent > moment for sent, _number in list(self.acknowledged))


class Said:
    """The lines that the supervisor prints, as they come."""

    def __init__(self, process):
        self.lines, self.process = [], process
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with suppress(ValueError):  # closed at the end
            self.lines.extend(self.process.stdout)

    def times(self, words):
        return sum(line.startswith(words) for line in list(self.lines))


def until(condition, patience=PATIENCE):
    """Wait for it; seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + patience
        time.sleep(0.05)
    return time.monotonic() - began


def as_here(seconds):
    """What seconds become where more is to be done than there are cores for."""
    return seconds * max(1, os.getloadavg()[0] / os.cpu_count())


def main_process(pid, name):
    """The process of a part and its own children; one that fell with another one is waited for."""
    mains = []

    def look():
        found = running.commands_of(pid, PARTS[name])
        mains[:] = [each for each in found if not any(each in running.family(other) for other in found)]
        return len(mains) == 1

    until(look)
    return mains[0], running.family(mains[0])


def kill(pid, names, said):
    """Kill these parts at one moment and wait until each has been started again; gives back the children they had."""
    before = {name: said.times(f"{name} stopped") for name in names}
    found = {name: main_process(pid, name) for name in names}
    for main, _children in found.values():
        os.kill(main, signal.SIGKILL)
    until(lambda: all(said.times(f"{name} stopped") > before[name] for name in names))
    until(lambda: all(running.commands_of(pid, PARTS[name]) for name in names))
    return set().union(*(children for _main, children in found.values()))


def test_whatever_is_killed_comes_back_and_nothing_acknowledged_is_lost(tmp_path):
    mails = SilentMailServer()
    with (
        running.checkout(tmp_path / "house") as folder,
        running.supervisor(folder, "--empty", EMAIL_URL=mails.url) as process,
    ):
        url, said = running.until_ready(process), Said(process)
        with Writers(url, **begin(folder)) as writers:
            until(lambda: mails.called)  # the worker is at it, and is the first to go
            worker_killed = time.monotonic()
            for names in (*ALONE, *IN_PAIRS):
                killed = time.monotonic()
                left = kill(process.pid, names, said)
                until(partial(writers.answered_since, time.monotonic()))
                assert time.monotonic() - killed < as_here(SOON), names
                assert running.alive_after_all(left) == set(), names
            until(lambda: len(mails.called) > 1)
            assert 0 < mails.called[1] - worker_killed < as_here(TAKEN_UP)
        acknowledged = {number for _sent, number in writers.acknowledged}
        assert acknowledged <= numbers(folder)
        assert len(acknowledged) == len(writers.acknowledged) > WRITERS
        process.terminate()
        assert process.wait(PATIENCE) == 0


def begin(folder):
    """Have there, in the system that runs, what the writers need."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", BEGIN % WRITERS]
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder / ".data")}
    begun = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return json.loads(begun.stdout)


def numbers(folder):
    """Those of all requests that are kept."""
    told = dict(line.split("=", 1) for line in (folder / ".data/env").read_text().splitlines())
    connection = psycopg2.connect(told["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM requests_devicerequest")
        found = {number for (number,) in cursor.fetchall()}
    connection.close()
    return found


def test_a_part_that_can_not_live_is_started_after_growing_pauses_and_ends_all(monkeypatch, capfd):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervisor, "LOOK", 0.01)
    started = []

    def start():
        started.append(time.monotonic())
        return subprocess.Popen(["false"])

    part = Part("The worker", start)
    part.launch()
    with pytest.raises(SystemExit, match=f"The worker stopped {TOO_OFTEN} times within a minute; all else"):
        supervisor._watch([part])
    assert len(started) == TOO_OFTEN
    assert capfd.readouterr().err.splitlines() == [
        "The worker stopped and is started again.",
        *(f"The worker stopped and is started again in {pause} s." for pause in (0.01, 0.02, 0.04)),
    ]


def test_deaths_of_long_ago_are_forgotten(monkeypatch):
    part = Part("The worker", lambda: subprocess.Popen(["false"]))
    part.launch()
    for minute in range(2 * TOO_OFTEN):
        part.process.wait()
        monkeypatch.setattr(supervisor.time, "monotonic", lambda minute=minute: 61.0 * minute)
        part.look()
    part.process.wait()
