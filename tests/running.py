"""The system as it runs for people: gunicorn, a Celery worker and the clock as processes, on a test's own database."""

import atexit
import fcntl
import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.embedded import die_with_parent

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
    beat = ["--beat", "--schedule", str(data_dir / "beat")] if clock else []
    return Process(
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        *beat,
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


def web(data_dir, *, port, threads=4):
    """gunicorn with two workers, with the static files collected."""
    env = environment(data_dir, BASE_URL=address(port), STATIC_ROOT=collected(data_dir))
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
