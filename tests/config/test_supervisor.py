import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from config import embedded
from config.supervisor import WORKER
from tests import running
from tests.production import PRODUCTION
from tests.running import alive, alive_after_all, commands_of, family, on_terminal, until_ready

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300  # seconds: against waiting for ever, not a promise

ONLY_ONE = "Weitergabe runs from this folder already. Stop that one first, or use it.\n"


@pytest.fixture
def checkout(tmp_path):
    with running.checkout(tmp_path / "house") as copy:
        yield copy


@pytest.fixture
def start(checkout):
    """Start the supervisor with these options and environment; it is killed when the test ends."""
    with ExitStack() as stack:

        def run(*options, stdin=None, **environment):
            return stack.enter_context(running.supervisor(checkout, "--empty", *options, stdin=stdin, **environment))

        yield run


def test_a_folder_cloned_again_at_the_same_place_starts_with_a_database_of_its_own(checkout):
    """As root the old one lies outside of the folder, with passwords that went with it."""
    connect = "import psycopg2; from config import embedded as e; psycopg2.connect(e.start_postgres()['DATABASE_URL'])"
    data = checkout / ".data"
    for _clone in range(2):
        for _start in range(2):
            subprocess.run([sys.executable, "-c", connect], cwd=checkout, check=True)
        kept = data / "postgres-passwords"
        assert kept.stat().st_mode & 0o077 == 0
        kept.unlink()
        data.rename(checkout / f"gone-{_clone}")


def test_however_it_is_ended_it_leaves_no_process_behind_and_starts_again(start):
    for by in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        supervisor = start()
        assert urllib.request.urlopen(f"{until_ready(supervisor)}/accounts/login/", timeout=PATIENCE).status == 200
        second = start("--once")  # on the same folder it would end the first one's database
        assert (second.communicate(timeout=PATIENCE), second.returncode) == ((ONLY_ONE, None), 1)
        children = family(supervisor.pid)
        assert len(children) >= 6  # Postgres, Valkey, web, worker, clock, and their own children
        supervisor.send_signal(by)
        assert supervisor.wait(PATIENCE) == (-by if by == signal.SIGKILL else 0)
        said = supervisor.stdout.read()
        assert by == signal.SIGKILL or "Traceback" not in said  # killed, it leaves its parts to end without an order
        assert alive_after_all(children) == set(), by

    again = start("--once")
    said, _nothing = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert "Ready:" in said


class BrokerThatGoes:
    """Stands between a worker and its broker, and is gone when the worker first says something to others or waits."""

    def __init__(self, url):
        self.broker = (urlsplit(url).hostname, urlsplit(url).port)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.server.getsockname()[1]}/0"
        self.is_gone = threading.Event()
        self.sockets = [self.server]
        self._begin(self._accept)

    def _begin(self, what, *about):
        threading.Thread(target=what, args=about, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                here, there = self.server.accept()[0], socket.create_connection(self.broker)
                self.sockets += [here, there]
                self._begin(self._pass_on, here, there)
                self._begin(self._pass_on, there, here)

    def _pass_on(self, here, there):
        with suppress(OSError):
            while data := here.recv(65536):
                if b"PUBLISH" in data or b"BRPOP" in data:
                    return self._go()
                there.sendall(data)

    def _go(self):
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.is_gone.set()


def test_a_worker_whose_broker_goes_while_it_starts_ends_when_it_is_told_to(tmp_path):
    """Killed right after its start, the supervisor takes the broker along."""
    broker = BrokerThatGoes(settings.REDIS_URL)
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-q", "-A", "config", "worker", *WORKER],
        cwd=ROOT,
        env=running.environment(tmp_path, REDIS_URL=broker.url),
    )
    try:
        assert broker.is_gone.wait(PATIENCE)
        worker.terminate()
        assert worker.wait(60) == 0
    finally:
        worker.kill()


def test_ended_while_it_prepares_it_says_one_sentence_and_leaves_no_process_behind(start, checkout):
    supervisor = start()
    until = time.monotonic() + PATIENCE
    while not (manage := commands_of(supervisor.pid, "manage.py")) and time.monotonic() < until:
        time.sleep(0.01)
    children = family(supervisor.pid)
    assert manage
    supervisor.send_signal(signal.SIGINT)
    said, _nothing = supervisor.communicate(timeout=PATIENCE)
    *steps, last = said.splitlines()
    assert (supervisor.returncode, last) == (1, "Stopped before it was ready.")
    assert all(line.startswith("Step ") for line in steps)
    assert alive_after_all(children) == set()


def page(address, path):
    with urllib.request.urlopen(f"{address}{path}", timeout=PATIENCE) as answer:
        return answer.read().decode(), answer.headers


def change(file, before, after):
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def until_said(supervisor, words):
    """Read on in what it prints; an assertion when it has ended."""
    assert any(words in line for line in supervisor.stdout)


def test_with_reload_a_change_shows_and_a_mistake_waits_for_the_next_one(start, checkout):
    supervisor = start("--reload")
    address = until_ready(supervisor)
    workers = set(commands_of(supervisor.pid, "\0worker\0"))
    assert workers
    change(checkout / "templates/base.html", "<body", "<body data-changed")
    assert "<body data-changed" in page(address, "/accounts/login/")[0]
    change(checkout / "static/app.css", ":root", "/* changed */ :root")
    css, headers = page(address, "/static/app.css")
    assert ("/* changed */" in css, headers["Cache-Control"]) == (True, "max-age=0, public")

    change(checkout / "people/models.py", "import", "import a_mistake\nimport")
    until_said(supervisor, "Started anew: people/models.py changed.")
    until_said(supervisor, "A part of the system stopped.")
    change(checkout / "config/health.py", '"ok"', '"changed"')
    change(checkout / "people/models.py", "import a_mistake\n", "")
    until_said(supervisor, "Started anew: config/health.py changed.")
    assert page(address, "/healthz/")[0].startswith('{"changed": ')
    assert alive_after_all(workers) == set()

    # A request that a debugger holds keeps nothing alive.
    change(checkout / "config/health.py", "    reasons =", "    print('held', flush=True) or input()\n    reasons =")
    until_said(supervisor, "Started anew: config/health.py changed.")
    (server, *_its_workers) = sorted(commands_of(supervisor.pid, "gunicorn"))
    assert os.getpgid(server) == os.getpgid(supervisor.pid)  # so it may read the terminal
    with closing(http.client.HTTPConnection(urlsplit(address).netloc)) as held:
        held.request("GET", "/healthz/")
        until_said(supervisor, "held")
        children = family(supervisor.pid)
        supervisor.terminate()
        assert supervisor.wait(PATIENCE) == 0
    assert alive_after_all(children) == set()


def test_a_real_site_on_servers_of_its_own_gets_ready(start, tmp_path):
    """It answers plain http by a redirect to an https that ends at a proxy; what is missing is started for it."""
    data = tmp_path / "data"
    servers = embedded.start_postgres(throwaway=True, durable=False)
    ended = start("--once", **(PRODUCTION | servers | {"DATA_DIR": str(data)}))
    said, _nothing = ended.communicate(timeout=PATIENCE)
    assert (ended.returncode, "Ready: https://weitergabe.example.org" in said) == (0, True), said
    assert (data / "static").is_dir()
    assert not (data / "env").exists()


@pytest.mark.parametrize(
    ("options", "environment", "says"),
    [
        *((["--host", every], {}, "--host needs the name or address") for every in ("0.0.0.0", "::", "")),
        (
            ["--fresh"],
            {"DATABASE_URL": "postgresql://site:x@127.0.0.1:1/site"},
            "--fresh empties the demo's own database",
        ),
    ],
)
def test_what_can_not_be_is_said_before_anything_starts(start, checkout, options, environment, says):
    ended = start(*options, **environment)
    said, _nothing = ended.communicate(timeout=PATIENCE)
    assert (ended.returncode, said.count("\n")) == (1, 1)
    assert says in said
    assert not (checkout / ".data").exists()


def test_a_port_that_is_taken_is_said_before_anything_starts(start, checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start("--port", str(port))
        said, _nothing = ended.communicate(timeout=PATIENCE)
    assert (ended.returncode, said.count("\n")) == (1, 1)
    assert f"Port {port} can't be used" in said
    assert not (checkout / ".data" / "postgres-passwords").exists()


PARENT = """
import subprocess, sys, time
from config.embedded import die_with_parent
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], preexec_fn=die_with_parent, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""
DEAF = """
import time
print("deaf", flush=True)
while True:
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        pass
"""


def test_a_child_that_swallows_an_interrupt_dies_with_its_parent():
    """As a worker may that is killed while it starts: an interrupt can be lost in the middle of an import."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, DEAF], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = {int(parent.stdout.readline())}
    assert alive(child)
    parent.kill()
    parent.communicate()
    assert alive_after_all(child) == set()


@pytest.mark.parametrize(("starter", "said"), [("os.getppid()", "lives\n"), ("1 + os.getppid()", "")])
def test_a_child_whose_parent_died_before_it_could_say_so_does_not_stay(starter, said):
    child = f"import os; from config.embedded import die_with_parent as die; die(starter={starter}); print('lives')"
    ended = subprocess.run([sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stdout == said


def test_an_empty_one_asks_for_the_first_admin_on_its_terminal(checkout):
    said = on_terminal(
        "-m",
        "config.supervisor",
        "--empty",
        "--once",
        "--port",
        str(embedded.free_port()),
        cwd=checkout,
        lines=["ada@example.org", "Ada Rüegg", "eine lange Nacht 9", "eine lange Nacht 9"],
        env={"PATH": os.environ["PATH"], "HOME": str(checkout)},
    )
    assert "Superuser created successfully." in said
    assert "\nReady: http://localhost:" in said
