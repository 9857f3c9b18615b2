"""Runs the whole system on one machine: servers if none are configured, web, one worker and the clock.

Started by bin/start. Every child dies with it, on Ctrl-C and on kill -9 alike.
"""

import argparse
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from config import embedded

PYTHON = sys.executable
PATIENCE = 120  # seconds until the first page must answer, once the data are there
LETTING_GO = 5  # seconds that a web server may hold its port after its supervisor was killed


def main():
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Being ended is an orderly exit, so that the exit handlers stop the embedded servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = f"http://{'localhost' if options.host in ('127.0.0.1', 'localhost') else options.host}:{options.port}"
    embedded.DATA.mkdir(exist_ok=True)
    embedded.DATA.chmod(0o700)  # mails and labels name people
    with (embedded.DATA / "lock").open("w") as lock:
        _be_the_only_one(lock)
        _wait_for_port(options)
        _run(options, address)


def _run(options, address):
    _environment(options, address)
    _manage("prepare", "--verbosity", "0")
    _manage("collectstatic", "--noinput", "--verbosity", "0")
    _manage("load_communes", "--verbosity", "0")
    has_demo = os.environ.get("DEMO") == "1" and not options.empty
    if has_demo:
        print("Preparing the demo …", file=sys.stderr, flush=True)
        _manage("load_demo", "--verbosity", "0")
    elif options.empty:
        _manage("first_admin")
    children = [
        _start(PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"{options.host}:{options.port}", "--workers", "2",
               "--threads", "4", "--log-level", "warning", "--no-control-socket"),
        _start(PYTHON, "-m", "celery", "-q", "-A", "config", "worker", "--loglevel", "WARNING", "--concurrency", "2"),
        _start(PYTHON, "-m", "celery", "-q", "-A", "config", "beat", "--loglevel", "WARNING", "--schedule",
               str(embedded.DATA / "beat")),
    ]  # fmt: skip
    try:
        _wait_for_page(address, children)
        print(f"Ready: {address}", flush=True)
        if has_demo:
            _print_sign_ins()
        if not options.once:
            _watch(children)
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _options():
    parser = argparse.ArgumentParser(prog="bin/start", description="Start Weitergabe on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where the site answers, 8000 by default")
    parser.add_argument("--host", default="127.0.0.1", help="another address than this machine's own: on purpose only")
    parser.add_argument("--fresh", action="store_true", help="throw the demo data away and load it anew")
    parser.add_argument("--empty", action="store_true", help="no demo data: asks for the first admin")
    parser.add_argument("--once", action="store_true", help="start, see that the page answers, stop")
    return parser.parse_args()


def _be_the_only_one(lock):
    """Two on one folder would end each other's database; the lock goes when the process does, however it ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit("Weitergabe runs from this folder already. Stop that one first, or use it.") from None


def _wait_for_port(options):
    """Another program's page must not be taken for ours."""
    until = time.monotonic() + LETTING_GO
    while True:
        try:
            return socket.create_server((options.host, options.port)).close()
        except OSError as error:
            if time.monotonic() > until:
                sentence = f"Port {options.port} can't be used: {error.strerror}. Choose another one with --port."
                raise SystemExit(sentence) from None
            time.sleep(0.1)


def _environment(options, address):
    """Start what is not configured and write the addresses to .data/env, for `manage.py` in another shell."""
    os.environ.setdefault("BASE_URL", address)
    os.environ.setdefault("ALLOWED_HOSTS", f"localhost,127.0.0.1,{options.host}")
    key = embedded.DATA / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    os.environ.setdefault("SECRET_KEY", key.read_text())
    if "DATABASE_URL" in os.environ:
        return
    os.environ["DEMO"] = "1"
    if options.fresh:
        embedded.forget_data()
    started = embedded.start_postgres()
    if "REDIS_URL" not in os.environ:
        started["REDIS_URL"] = embedded.start_valkey()
    os.environ.update(started)
    joined = {name: os.environ[name] for name in (*started, "SECRET_KEY", "BASE_URL", "DEMO")}
    file = embedded.DATA / "env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in joined.items()))


def _manage(*command):
    # The owner's login is for these commands only; what runs for long never has it.
    if subprocess.run([PYTHON, "manage.py", *command], cwd=embedded.ROOT, check=False).returncode:
        raise SystemExit(1)


def _start(*command):
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return subprocess.Popen(command, cwd=embedded.ROOT, env=env, preexec_fn=embedded.die_with_parent)


def _wait_for_page(address, children):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            raise SystemExit("A part of the system stopped while starting; its reason stands above.")
        try:
            with urllib.request.urlopen(f"{address}/accounts/login/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{address} did not answer within {PATIENCE} seconds.")


def _watch(children):
    while all(child.poll() is None for child in children):
        time.sleep(0.5)
    raise SystemExit("A part of the system stopped; the rest is taken down with it.")


def _print_sign_ins():
    print("Sign in with password weitergabe-demo as one of:")
    for email in (
        "admin@demo.example", "treasurer@demo.example", "dispatch@demo.example", "volunteer@demo.example",
        "worker@muster.example", "manager@muster.example", "worker@autre.example",
    ):  # fmt: skip
        print(f"  {email}")


if __name__ == "__main__":
    main()
