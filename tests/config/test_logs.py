import logging
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from config.logs import DiscreetFormatter

pytestmark = pytest.mark.django_db


def test_a_traceback_names_the_constraint_and_quotes_no_row():
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE person (name text UNIQUE)")
            cursor.execute("INSERT INTO person VALUES ('Samira Wenger'), ('Samira Wenger')")
    except IntegrityError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", (), sys.exc_info())
    assert "(name)=(Samira Wenger)" in logging.Formatter().format(record)
    record.exc_text = None  # what the first formatter left behind
    written = DiscreetFormatter().format(record)
    assert "person_name_key" in written
    assert "(name)=(Samira Wenger)" not in written


def test_everything_that_is_logged_goes_through_it():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "discreet"
    assert settings.CELERY_WORKER_HIJACK_ROOT_LOGGER is False
