"""Runs the whole system on one machine: servers if none are configured, web, and one worker that is the clock, too.

Started by bin/start. Every child dies with it, on Ctrl-C and on kill -9 alike; a child that dies is started again. For
developers it starts the children anew when the code changes.
"""

import argparse
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from config import embedded
from config.environment import YES
from config.steps import say_step

PYTHON = sys.executable
PATIENCE = 120  # seconds until the first page must answer, once the data are there
LETTING_GO = 5  # seconds that a web server may hold its port after its supervisor was killed
LOOK = 0.5  # seconds between two looks at the children, and at the code
TOO_OFTEN = 5  # deaths of one part within a minute after which it is no use
FIRST_PAUSE = 1  # second before it is started again at its second death; each further one doubles it
CODE = (".py", ".mo", ".css")  # what is read once and kept; templates and static files are read anew for each page
WORKER = ["--loglevel", "WARNING", "--concurrency", "2"]
WORKER += ["--max-tasks-per-child", "50"]  # the next child is without what drawing took
# Nobody listens to what workers tell each other, and one that says it while its broker is away is deaf to SIGTERM.
WORKER += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
NOT_CODE = {"benchmarks", "docs", "node_modules", "static", "templates", "tests"}


def main():
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Being ended is an orderly exit, so that the exit handlers stop the embedded servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _refuse_what_can_not_be(options)
    embedded.DATA.mkdir(parents=True, exist_ok=True)
    embedded.DATA.chmod(0o700)  # mails and labels name people
    try:
        with (embedded.DATA / "lock").open("w") as lock:
            _be_the_only_one(lock)
            _wait_for_port(options)
            _run(options)
    except KeyboardInterrupt:
        raise SystemExit("Stopped before it was ready.") from None


def _run(options):
    is_first = options.fresh or not (embedded.DATA / "secret-key").exists()
    if is_first:
        say_step(2)
    servers = _environment(options)
    has_demo = os.environ.get("DEMO") == "1" and not options.empty
    demo = ["--demo"] if has_demo else []
    _manage("set_up", *demo, "--verbosity", str(int(is_first)))
    if options.empty:
        _manage("first_admin", apart=False)  # a terminal is read by the group in front only
    code = _code()
    if is_first:
        say_step(6)
    parts = _parts(options)
    for part in parts:
        part.launch()
    try:
        _wait_for_page(options, parts)
        print(f"Ready: {os.environ['BASE_URL']}", flush=True)
        if has_demo:
            _print_sign_ins()
        if options.reload and not options.once:
            _reload(parts, servers, code)
        elif not options.once:
            _watch([*servers, *parts])
    except KeyboardInterrupt:
        pass
    finally:
        for part in parts:
            part.process.send_signal(signal.SIGTERM)
        for part in parts:
            _wait_for_end(part.process)


class Part:
    """A process of the system; one that dies is started again, at once and then after growing pauses."""

    def __init__(self, name, start, process=None):
        self.name, self.start, self.process = name, start, process
        self.deaths = []  # of the last minute
        self.again_at = None

    def launch(self):
        self.process, self.again_at = self.start(), None

    def is_dead(self):
        return self.process.poll() is not None

    def look(self):
        """Start it again if it has died and its pause is over; SystemExit if it dies too often."""
        now = time.monotonic()
        if self.again_at is None and self.is_dead():
            self.deaths = [moment for moment in self.deaths if moment > now - 60] + [now]
            if len(self.deaths) == TOO_OFTEN:
                raise SystemExit(f"{self.name} stopped {TOO_OFTEN} times within a minute; all else is stopped, too.")
            pause = FIRST_PAUSE * 2 ** (len(self.deaths) - 2) if len(self.deaths) > 1 else 0
            self.again_at = now + pause
            when = f" in {pause} s" if pause else ""
            print(f"{self.name} stopped and is started again{when}.", file=sys.stderr, flush=True)
        if self.again_at is not None and now >= self.again_at:
            self.launch()


def _parts(options):
    """The web server, and the worker, which is the clock as well."""
    # The port stays open while the server starts anew, so that a page waits instead of failing.
    port = socket.create_server((options.host, options.port)).detach()
    web = ["gunicorn", "config.wsgi", "--bind", f"fd://{port}", "--threads", "4", "--log-level", "warning"]
    web += ["--no-control-socket", "--workers", "1" if options.reload else "2"]
    if options.reload:  # a request that a debugger holds ends before our patience does, or it would stay
        web += ["--graceful-timeout", "5"]
    worker = [*WORKER, "--clock", str(embedded.DATA / "beat")]
    return [
        # For a debugger the server may read the terminal.
        Part("The web server", partial(_start, *web, pass_fds=[port], apart=not options.reload)),
        Part("The worker", partial(_start, "celery", "-q", "-A", "config", "worker", *worker)),
    ]


def _options():
    parser = argparse.ArgumentParser(prog="bin/start", description="Start Weitergabe on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where the site answers, 8000 by default")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the name or address of this machine under which others may open the site: on purpose only",
    )
    parser.add_argument("--fresh", action="store_true", help="throw the demo data away and load it anew")
    parser.add_argument("--empty", action="store_true", help="no demo data: asks for the first admin")
    parser.add_argument("--once", action="store_true", help="start, see that the page answers, stop")
    parser.add_argument("--reload", action="store_true", help="for developers: what changes in the code shows at once")
    return parser.parse_args()


def _refuse_what_can_not_be(options):
    if options.host in ("", "0.0.0.0", "::"):
        raise SystemExit("--host needs the name or address under which others open the site: links lead there.")
    if options.fresh and "DATABASE_URL" in os.environ:
        raise SystemExit(
            "--fresh empties the demo's own database, and DATABASE_URL names another one. Leave one of them out."
        )


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


def _environment(options):
    """Start what is not configured and write the addresses to .data/env, for `manage.py` in another shell.

    Gives back the servers it has started.
    """
    own = "DATABASE_URL" not in os.environ
    if own:
        os.environ["DEMO"] = "1"
    if os.environ.get("DEMO", "").lower() in YES:  # a real site is told its name, or says that it was not
        name = "localhost" if options.host == "127.0.0.1" else options.host
        os.environ.setdefault("BASE_URL", f"http://{name}:{options.port}")
        os.environ.setdefault("ALLOWED_HOSTS", f"localhost,127.0.0.1,{options.host}")
    key = embedded.DATA / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    os.environ.setdefault("SECRET_KEY", key.read_text())
    if options.reload:
        os.environ["RELOAD"] = "1"
    if options.fresh:
        embedded.delete_data()
    servers, started = [], {}
    if own:
        cluster = embedded.Cluster(throwaway=False, durable=True)
        started |= cluster.start()
        servers.append(Part("PostgreSQL", cluster.launch, cluster.process))
    if "REDIS_URL" not in os.environ:
        valkey = embedded.Valkey()
        started["REDIS_URL"] = valkey.start()
        servers.append(Part("Valkey", valkey.launch, valkey.process))
    os.environ.update(started)
    if not own:
        return servers
    joined = {name: os.environ[name] for name in (*started, "SECRET_KEY", "BASE_URL", "DEMO")}
    file = embedded.DATA / "env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in joined.items()))
    return servers


def _manage(*command, apart=True):
    # The owner's login is for these commands only; what runs for long never has it.
    ended = subprocess.run(
        [PYTHON, "manage.py", *command],
        cwd=embedded.ROOT,
        check=False,
        preexec_fn=partial(embedded.die_with_parent, apart=apart),
    )
    if ended.returncode:
        raise SystemExit(1)


def _start(*module, apart=True, pass_fds=()):
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return subprocess.Popen(
        [PYTHON, "-m", *module],
        cwd=embedded.ROOT,
        env=env,
        pass_fds=pass_fds,
        preexec_fn=partial(embedded.die_with_parent, apart=apart),
    )


def _wait_for_end(child):
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _answers(options):
    """Whether the site says something to whoever calls it by its name; a real one sends plain http to https."""
    connection = http.client.HTTPConnection(options.host, options.port, timeout=5)
    try:
        connection.request("GET", "/accounts/login/", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
        return connection.getresponse().status in (200, 301)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_for_page(options, parts):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(part.is_dead() for part in parts):
            raise SystemExit("A part of the system stopped while starting; its reason stands above.")
        if _answers(options):
            return
        time.sleep(0.1)
    raise SystemExit(f"Port {options.port} did not answer within {PATIENCE} seconds.")


def _watch(parts):
    while True:
        for part in parts:
            part.look()
        time.sleep(LOOK)


def _reload(parts, servers, code):
    """Start all parts anew when the code changes; one that stopped over a mistake waits for the next change."""
    seen, stopped = code, 0
    while True:
        time.sleep(LOOK)
        for server in servers:
            server.look()
        before, seen = seen, _code()
        if seen == before != code:  # whoever was writing is done
            for part in parts:
                part.process.send_signal(signal.SIGTERM)
            for part in parts:  # the web server first
                _wait_for_end(part.process)
                part.launch()
            path = min(path for path, _time in seen.items() ^ code.items())
            print(f"Started anew: {os.path.relpath(path, embedded.ROOT)} changed.", file=sys.stderr, flush=True)
            code, stopped = seen, 0
        stopped_before, stopped = stopped, sum(part.is_dead() for part in parts)
        if stopped > stopped_before:
            print("A part of the system stopped. It starts anew when the code changes.", file=sys.stderr, flush=True)


def _code():
    """When each file of the code was last written, by its path."""
    written = {}
    for folder, inner, files in os.walk(embedded.ROOT):
        inner[:] = [name for name in inner if name not in NOT_CODE and not name.startswith(".")]
        for name in files:
            if name.endswith(CODE):
                path = os.path.join(folder, name)
                with suppress(FileNotFoundError):  # gone while we look
                    written[path] = os.stat(path).st_mtime_ns
    return written


def _print_sign_ins():
    print("Sign in with password weitergabe-demo as one of:")
    for email in (
        "admin@demo.example",
        "treasurer@demo.example",
        "dispatch@demo.example",
        "volunteer@demo.example",
        "worker@muster.example",
        "manager@muster.example",
        "worker@autre.example",
    ):
        print(f"  {email}")


if __name__ == "__main__":
    main()
