"""No line of a log names a person, whatever failed and whoever wrote the line."""

import logging
import subprocess
import sys
import uuid

import pytest
from celery.app.trace import build_tracer
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from config.celery import app

WRONG = [
    "INSERT INTO person VALUES ('Samira', E'Wenger\\nHauptgasse'), ('Samira', E'Wenger\\nHauptgasse')",
    "INSERT INTO person VALUES ('Samira', NULL)",
    "SELECT first_name FROM person WHERE surname = 'Wenger' OR first_name = 'Samira'",
    "DO $$ BEGIN EXECUTE 'DO $x$ BEGIN PERFORM ''Samira''; RAISE check_violation; END $x$'; END $$",
]
NAMES = ("Samira", "Wenger", "Hauptgasse")


def fail(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE person (first_name text, last_name text NOT NULL UNIQUE)")
        cursor.execute(sql)


def named(text):
    return [name for name in NAMES if name in text]


@pytest.mark.django_db
@pytest.mark.parametrize("sql", WRONG)
def test_a_traceback_says_what_failed_and_quotes_neither_row_nor_statement(sql, written):
    try:
        fail(sql)
    except (IntegrityError, ProgrammingError) as error:
        assert named(str(error))
        logging.getLogger("x").exception("failed: %s", error)
    assert named(written.getvalue()) == []
    assert "failed: " in written.getvalue()
    assert written.getvalue().count("Traceback") == 2  # both errors of the chain are there
    assert "cursor.execute(sql)" in written.getvalue()


@pytest.mark.django_db
def test_how_the_errors_of_a_chain_hang_together_is_still_said(written):
    try:
        try:
            fail(WRONG[1])
        except IntegrityError:
            NAMES.index("nobody")
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert named(written.getvalue()) == []
    for words in ("The above exception was the direct cause", "During handling of the above exception"):
        assert words in written.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("sql", WRONG)
def test_a_worker_says_what_failed_and_quotes_neither_row_nor_statement(sql, written):
    """It writes the error's repr on one line, with the line breaks escaped."""

    @app.task(name=f"tests.{uuid.uuid4()}")
    def stumble():
        fail(sql)

    build_tracer(stumble.name, stumble, app=app)(str(uuid.uuid4()), (), {}, {})
    assert "raised unexpected" in written.getvalue()
    assert named(written.getvalue()) == []
    assert "cursor.execute(sql)" in written.getvalue()


def test_everything_that_is_logged_goes_through_it():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "discreet"
    assert settings.CELERY_WORKER_HIJACK_ROOT_LOGGER is False


def run(program, tmp_path):
    """What a program of our own writes to stdout and stderr."""
    told = {"PATH": "", "DEMO": "1", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {program}"],
        cwd=settings.BASE_DIR,
        env=told,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_letters_that_a_font_lacks_are_not_spelt_out(tmp_path):
    assert run("from documents.pdf import render; render('<html lang=am><p>ሰላም')", tmp_path) == ("", "")


def test_events_are_written_like_every_other_line(tmp_path):
    program = "import structlog; structlog.get_logger('x').warning('doorbell_away', error='refused\\nDETAIL:  Samira')"
    assert run(program, tmp_path) == ("", "event='doorbell_away' error='refused\\n…\n")
