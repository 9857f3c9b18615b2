"""A second start finds out cheaply that nothing is to be done, and is right about it."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from config.management.commands import prepare
from config.steps import STEPS
from tests import running

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"INSERT|UPDATE|DELETE|CREATE|ALTER")


@pytest.fixture
def source(tmp_path, settings):
    """A folder of static files, collected somewhere of its own."""
    folder = tmp_path / "source"
    for each in (folder, tmp_path / "collected"):
        each.mkdir()
    (folder / "app.css").write_text("a {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [folder], str(tmp_path / "collected")
    return folder


def test_a_second_time_writes_nothing(source, monkeypatch):
    call_command("set_up", verbosity=0)
    called = []
    monkeypatch.setattr("config.management.commands.set_up.call_command", lambda name, **options: called.append(name))
    call_command("set_up", verbosity=0)
    assert called == ["prepare", "load_communes"]
    monkeypatch.undo()
    with CaptureQueriesContext(connection) as asked, CaptureQueriesContext(connections["owner"]) as asked_as_owner:
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
    assert [query["sql"] for query in (*asked, *asked_as_owner) if WRITES.match(query["sql"])] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda source, root: (source / "app.css").write_text("a { color: red }"),
        lambda source, root: (source / "more.css").write_text("b {}"),
        lambda source, root: (root / "app.css").unlink(),
    ],
    ids=["changed", "added", "gone"],
)
def test_static_files_that_are_not_as_they_were_are_collected_again(source, tmp_path, change):
    call_command("set_up", verbosity=0)
    root = tmp_path / "collected"
    change(source, root)
    call_command("set_up", verbosity=0)
    for file in source.iterdir():
        assert (root / file.name).read_text() == file.read_text()


def test_a_demo_is_loaded_for_a_demo_only(source, monkeypatch):
    called = []
    monkeypatch.setattr("config.management.commands.set_up.call_command", lambda name, **options: called.append(name))
    call_command("set_up", demo=True, verbosity=0)
    assert called == ["prepare", "collectstatic", "load_communes", "load_demo"]


@pytest.mark.parametrize("missing", ["migration", "content type"])
def test_tables_that_are_behind_are_migrated(monkeypatch, missing):
    migrated = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: migrated.append(name))
    call_command("prepare", verbosity=0)
    assert migrated == []
    if missing == "migration":
        recorder = MigrationRecorder(connections["owner"])
        recorder.record_unapplied(*max(recorder.applied_migrations()))
    else:  # what Django writes after the last migration: a start was killed before
        ContentType.objects.filter(app_label="jobs", model="job").delete()
    call_command("prepare", verbosity=0)
    assert migrated == ["migrate"]


def test_a_first_start_counts_its_steps(source, capfd):
    call_command("set_up")
    said = capfd.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in said] == [f"Step {number} of {len(STEPS)}" for number in (3, 4, 5)]
    assert f'"Step 1 of {len(STEPS)}: "' in (running.ROOT / "bin/_bootstrap").read_text()
