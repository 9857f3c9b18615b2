import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300  # seconds: against waiting for ever, not a promise


@pytest.fixture
def checkout(tmp_path):
    """A copy of the code, so that this demo and the developer's own never meet."""
    copy = tmp_path / "house"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".data", ".git", "node_modules", "*_cache"))
    yield copy
    for home in Path("/var/tmp").glob("weitergabe-*"):
        if home.name == f"weitergabe-{_checkout_hash(copy)}":
            shutil.rmtree(home)


def _checkout_hash(copy):
    return hashlib.sha256(str(copy).encode()).hexdigest()[:12]


def start(checkout, *options):
    environment = {"PATH": os.environ["PATH"], "HOME": str(checkout)}
    return subprocess.Popen(
        [sys.executable, "-m", "config.supervisor", "--empty", "--port", str(embedded.free_port()), *options],
        cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def family(pid):
    """Every descendant of a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found, frontier = set(), {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found |= frontier
    return found


def alive(pids):
    return {pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and "Z" not in _state(pid)}


def _state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def test_killed_it_leaves_no_process_behind_and_starts_again(checkout):
    """Until then it is the only one on its folder: a second one would end its database."""
    supervisor = start(checkout)
    for line in supervisor.stdout:
        if ready := re.match(r"Ready: (\S+)", line):
            break
    assert ready
    assert urllib.request.urlopen(f"{ready[1]}/accounts/login/", timeout=10).status == 200
    second = start(checkout, "--once")
    assert second.communicate(timeout=PATIENCE) == (
        "Weitergabe runs from this folder already. Stop that one first, or use it.\n",
        None,
    )
    assert second.returncode == 1
    children = family(supervisor.pid)
    assert len(children) >= 6  # Postgres, Valkey, web, worker, clock, and their own children
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    until = time.monotonic() + PATIENCE
    while alive(children) and time.monotonic() < until:
        time.sleep(0.2)
    supervisor.stdout.close()
    assert alive(children) == set()

    again = start(checkout, "--once")
    said, _nothing = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert "Ready:" in said


def test_a_port_that_is_taken_is_said_before_anything_starts(checkout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start(checkout, "--port", str(port))
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
    until = time.monotonic() + PATIENCE
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert alive(child) == set()
