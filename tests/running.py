"""The system as it runs for people: gunicorn, a Celery worker and the clock as processes, on a test's own database."""

import atexit
import fcntl
import hashlib
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.embedded import die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180  # seconds: against waiting for ever, not a promise


def environment(data_dir, **more):
    """What the processes are told; the runtime login only, as everywhere outside `prepare`."""
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(data_dir),
        "DEMO": "1",
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DATA_DIR": str(data_dir),
        **more,
    }


def on_terminal(*command, lines, cwd=ROOT, env):
    """Run a command on a terminal of its own, where somebody answers its questions; gives back what stood there."""
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    said = []
    try:
        for line in lines:
            prompt = b""
            while not prompt.endswith(b": "):
                prompt += os.read(ours, 1000)
            os.write(ours, f"{line}\n".encode())
            said.append(prompt)
        while more := os.read(ours, 1000):
            said.append(more)
    except OSError:  # the other side hung up: it has ended
        pass
    os.close(ours)
    said = b"".join(said).decode()
    assert asked.wait(PATIENCE) == 0, said
    return said


class Process:
    """A child that goes when the test does."""

    def __init__(self, *command, env):
        self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, preexec_fn=die_with_parent)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def worker(data_dir, *, clock=True, **more):
    """A Celery worker with the clock inside, or without; `more` goes into its environment."""
    clock_options = ["--clock", str(data_dir / "beat")] if clock else []
    return Process(
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        *clock_options,
        "--concurrency",
        "2",
        "--loglevel=ERROR",
        env=environment(data_dir, **more),
    )


@cache
def _folder_of_static_files():
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder.name


def collected(data_dir):
    """The folder of the static files, collected once for all tests of this process: it takes seconds."""
    folder = _folder_of_static_files()
    if not os.listdir(folder):
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
            cwd=ROOT,
            env=environment(data_dir, STATIC_ROOT=folder),
            check=True,
        )
    return folder


def web(data_dir, *, port, threads=4, **more):
    """gunicorn with two workers, with the static files collected; `more` goes into its environment."""
    env = environment(data_dir, BASE_URL=address(port), STATIC_ROOT=collected(data_dir), **more)
    process = Process(
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        str(threads),
        "--log-level",
        "warning",
        "--no-control-socket",
        env=env,
    )
    until = time.monotonic() + PATIENCE
    while process.process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address(port)}/accounts/login/", timeout=30):
                return process
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    process.process.kill()
    raise AssertionError("the site does not answer")


def address(port):
    return f"http://localhost:{port}"


@contextmanager
def checkout(copy):
    """A copy of the code, so that this demo and the developer's own never meet."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".data", ".git", "node_modules", "*_cache"))
    yield copy
    name = hashlib.sha256(str(copy).encode()).hexdigest()[:12]
    shutil.rmtree(f"/var/tmp/weitergabe-{name}", ignore_errors=True)


@contextmanager
def supervisor(folder, *options, stdin=None, **environment):
    """What bin/start runs, in this folder; it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.supervisor", "--port", str(free_port()), *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As from a terminal: what a shell starts in the background is deaf to Ctrl-C, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until_ready(supervisor):
    """Its address, read from what it prints."""
    for line in supervisor.stdout:
        if ready := re.match(r"Ready: (\S+)", line):
            return ready[1]
    raise AssertionError("it ended before it was ready")


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


def alive_after_all(pids):
    """Which of them are still there though they were given time to end."""
    until = time.monotonic() + PATIENCE
    while alive(pids) and time.monotonic() < until:
        time.sleep(0.05)
    return alive(pids)


def _state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def commands_of(pid, word):
    """Its descendants with this word in their command; one may end while we look."""
    found = []
    for child in family(pid):
        with suppress(OSError):
            if word in Path(f"/proc/{child}/cmdline").read_text():
                found.append(child)
    return found
