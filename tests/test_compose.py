"""The compose file: it obeys the schema, and what its services run does its work, here without containers."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest
import yaml

from config import embedded
from docker.validate import COMPOSE, faults
from tests.production import PRODUCTION as SETTINGS

ROOT = Path(__file__).resolve().parent.parent
SITE = ("prepare", "web", "worker", "beat")
PATIENCE = 180  # seconds: against waiting for ever, not a promise
WRITTEN_BY_COMPOSE = ("DEMO", "DATABASE_URL")
PRODUCTION = {
    **{name: value for name, value in SETTINGS.items() if name not in WRITTEN_BY_COMPOSE},
    "DATABASE_PASSWORD": "site7",
    "DATABASE_OWNER_PASSWORD": "owner7",
    "TRUSTED_PROXIES": "1",
}


def composed():
    return yaml.safe_load(COMPOSE.read_text())


def example():
    """The copy of .env.example in which SECRET_KEY is filled in."""
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("=", 1) for line in lines) | {"SECRET_KEY": SETTINGS["SECRET_KEY"]}


def filled_in(value, env):
    """A value as compose writes it from .env; `${NAME:-default}` and `${NAME:?sentence}` are all we use."""

    def one(match):
        name, kind, rest = match.groups()
        if env.get(name):
            return env[name]
        if kind == ":?":
            raise SystemExit(rest)
        return rest

    return re.sub(r"\$\{([A-Z_]+)(:-|:\?)([^}]*)\}", one, value)


def environment(service, env):
    """What a service's container is told: a name without a value comes from .env, or stays away."""
    told = composed()["services"][service]["environment"]
    given = {name: env.get(name) if value is None else filled_in(value, env) for name, value in told.items()}
    return {name: value for name, value in given.items() if value is not None}


class ComposeCluster(embedded.Cluster):
    """A server whose logins are made as in the container: docker/logins.sql, run by psql as the superuser."""

    def make_logins(self, port, passwords):
        told = environment("postgres", example())
        address = f"postgresql://postgres:{passwords['postgres']}@127.0.0.1:{port}/postgres"
        command = [self.binaries / "bin/psql", "-v", "ON_ERROR_STOP=1", "-q", "-f", "-", address]
        subprocess.run(command, check=True, env=self.env | told, input=(ROOT / "docker/logins.sql").read_bytes())
        self.port, self.superuser = port, address


class House:
    """What stands around the containers, natively: a database server, a broker, a folder for files."""

    def __init__(self, folder):
        self.folder = folder
        self.cluster = ComposeCluster(throwaway=True, durable=False)
        self.cluster.start()
        self.port, self.broker = embedded.free_port(), embedded.start_valkey()
        self.url = f"http://127.0.0.1:{self.port}"

    def told(self, service, env):
        names = {"@postgres/": f"@127.0.0.1:{self.cluster.port}/", "redis://redis:6379/0": self.broker}
        told = environment(service, env)
        for name, native in names.items():
            told = {key: value.replace(name, native) for key, value in told.items()}
        own = {"DATA_DIR": self.folder, "STATIC_ROOT": self.folder / "static", "HOME": self.folder}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return told | {name: str(place) for name, place in own.items()} | {"PATH": path}

    def command(self, service):
        native = {"0.0.0.0:8000": f"127.0.0.1:{self.port}", "/tmp/beat": str(self.folder / "beat")}
        command = [native.get(word, word) for word in composed()["services"][service]["command"]]
        return [str(ROOT / command[0]) if "/" in command[0] else command[0], *command[1:]]

    def run(self, service, env):
        return subprocess.run(
            self.command(service), cwd=ROOT, env=self.told(service, env), capture_output=True, text=True, check=False
        )

    def started(self, service, env):
        """A context in which the service's command runs."""
        stack = ExitStack()
        told = self.told(service, env)
        command = self.command(service)
        command[0] = shutil.which(command[0], path=told["PATH"])
        process = subprocess.Popen(command, cwd=ROOT, env=told, preexec_fn=embedded.die_with_parent)
        stack.callback(process.wait, PATIENCE)
        stack.callback(process.terminate)
        return stack

    def ask(self, path, **headers):
        """The status of a page once the site answers at all; redirects are not followed."""
        opener = urllib.request.build_opener(NoRedirect)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return opener.open(urllib.request.Request(self.url + path, headers=headers), timeout=10).status
            except urllib.error.HTTPError as answer:
                return answer.code
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def sql(self, login, statement):
        """One statement by the site's or the owner's login, with its rows."""
        address = self.told("prepare", example())[{"site": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}[login]]
        connection = psycopg2.connect(address)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The house after `prepare` has run."""
    house = House(tmp_path_factory.mktemp("compose"))
    prepared = house.run("prepare", example())
    assert prepared.returncode == 0, prepared.stderr
    return house


def test_it_obeys_the_compose_schema():
    assert faults(composed()) == []


def test_a_misspelt_word_would_be_found():
    wrong = composed()
    wrong["services"]["web"]["comand"] = ["gunicorn"]
    assert len(faults(wrong)) == 1


def test_every_image_is_pinned():
    images = {service.get("image") for service in composed()["services"].values()} - {"weitergabe"}
    base = re.search(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    for image in {*images, base}:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)*$", image), image


def test_only_prepare_is_told_the_owners_login():
    for service in ("web", "worker", "beat"):
        assert "owner" not in str(environment(service, PRODUCTION))
    assert "weitergabe_owner:owner7@" in environment("prepare", PRODUCTION)["DATABASE_OWNER_URL"]


def test_every_setting_reaches_the_site():
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    folders = {"DATA_DIR", "STATIC_ROOT", "MEDIA_ROOT"}  # of the image
    elsewhere = {"DATABASE_OWNER_URL", "RELOAD"}  # for `prepare`, and for developers
    assert set(composed()["services"]["web"]["environment"]) == read - folders - elsewhere


def test_without_a_key_it_says_what_to_do():
    with pytest.raises(SystemExit, match="fill in SECRET_KEY"):
        environment("web", example() | {"SECRET_KEY": ""})


def test_the_image_holds_the_libraries_a_start_without_containers_would_install():
    bootstrap = re.search(r"system (libpango\S.*)$", (ROOT / "bin/_bootstrap").read_text(), re.MULTILINE)[1]
    assert f"--no-install-recommends {bootstrap} " in (ROOT / "Dockerfile").read_text()


def test_production_refuses_the_demos_passwords(house):
    ended = house.run("prepare", PRODUCTION | {"DATABASE_OWNER_PASSWORD": ""})
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "DATABASE_OWNER_PASSWORD" in ended.stderr


def test_production_refuses_the_demos_mail_catcher(house):
    ended = house.run("prepare", PRODUCTION | {"EMAIL_URL": ""})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "EMAIL_URL" in ended.stderr


def test_the_sites_login_owns_nothing_and_the_superuser_can_not_sign_in(house):
    assert house.sql("owner", "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'weitergabe%'") == []
    assert house.sql("site", "SELECT tablename FROM pg_tables WHERE tableowner = current_user") == []
    assert house.sql("site", "SELECT count(*) > 2000 FROM partners_commune") == [(True,)]
    for statement in ("TRUNCATE jobs_job CASCADE", "DROP TABLE jobs_job", "CREATE TABLE mine (id int)"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            house.sql("site", statement)
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(house.cluster.superuser)


def test_preparing_twice_is_as_once(house):
    before = house.sql("site", "SELECT count(*) FROM billing_creditoraccount")
    again = house.run("prepare", example())
    assert again.returncode == 0, again.stderr
    assert house.sql("site", "SELECT count(*) FROM billing_creditoraccount") == before


def test_the_page_answers_and_a_job_nobody_rang_for_is_done(house):
    house.sql("site", "UPDATE jobs_job SET due_at = now() + interval '1 day' WHERE state = 'waiting'")  # the demo's own
    with house.started("web", example()), house.started("worker", example()), house.started("beat", example()):
        assert house.ask("/accounts/login/") == 200
        house.sql(
            "site",
            """WITH mail AS (
                 INSERT INTO documents_mail (kind, subject, outcome, message_id, planned_at)
                 VALUES ('partners.invited', 'partners.membership:0', 'planned', '', now()) RETURNING id)
               INSERT INTO jobs_job (kind, subject, state, attempts, due_at, error, made_at)
               SELECT 'documents.send_mail', 'documents.mail:' || id, 'waiting', 0, now() - interval '1 hour', '', now()
               FROM mail""",
        )
        until = time.monotonic() + PATIENCE
        done = "SELECT state FROM jobs_job WHERE subject = (SELECT 'documents.mail:' || max(id) FROM documents_mail)"
        while house.sql("site", done) != [("done",)] and time.monotonic() < until:
            time.sleep(0.2)
        assert house.sql("site", done) == [("done",)]  # the clock rang, the worker did it
        assert house.ask("/healthz/") == 200


def test_in_production_only_https_is_served_but_health_is_told_on_the_machine(house):
    same_passwords = {"DATABASE_PASSWORD": "", "DATABASE_OWNER_PASSWORD": ""}
    with house.started("web", PRODUCTION | same_passwords):
        assert house.ask("/healthz/", Host="weitergabe.example.org") in (200, 503)  # 503: no worker runs here
        health = composed()["services"]["web"]["healthcheck"]["test"][-1].replace(":8000", f":{house.port}")
        health = health.replace("timeout=5", f"timeout={PATIENCE}")
        asked = subprocess.run(
            [sys.executable, "-c", health],
            env=house.told("web", PRODUCTION),
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode == 0 or "HTTP Error 503" in asked.stderr
        assert house.ask("/accounts/login/", Host="weitergabe.example.org") == 301
        through_proxy = {"Host": "weitergabe.example.org", "X-Forwarded-Proto": "https"}
        assert house.ask("/accounts/login/", **through_proxy) == 200
        for host in ("elsewhere.example.org", "localhost:8000", "127.0.0.1"):
            assert house.ask("/accounts/login/", Host=host) == 400
