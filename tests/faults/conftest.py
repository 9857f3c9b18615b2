"""Faults are tried on a server of their own: on disk, with its default durability."""

from contextlib import contextmanager

import environ
import psycopg2
import pytest
from django.core.management import call_command
from django.db import connections

from config import embedded, time_limits

ALIASES = {"owner": "DATABASE_OWNER_URL", "default": "DATABASE_URL"}
ADDRESS = ("HOST", "PORT", "USER", "PASSWORD")


@pytest.fixture(scope="session")
def disk(django_db_setup):
    """The addresses of a server on disk; the throwaway one of all other tests forgets what it was told."""
    found = embedded.start_postgres(throwaway=True, durable=True)
    return {alias: environ.Env.db_url_config(found[name]) for alias, name in ALIASES.items()}


@pytest.fixture(scope="session")
def database_on_disk(disk, django_db_blocker):
    """A test database there, migrated once."""
    owner = disk["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"], dbname=owner["NAME"]
    )
    connection.autocommit = True
    name = connections["owner"].settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    with django_db_blocker.unblock(), _moved_to(disk):
        call_command("migrate", database="owner", verbosity=0)
        time_limits.tell_login(connections["default"])


@pytest.fixture(scope="module", autouse=True)
def on_disk(database_on_disk, disk, django_db_blocker):
    """Lead both logins there while a module of this folder runs; a thread's new connection goes there, too."""
    with _moved_to(disk):
        yield


@contextmanager
def _moved_to(disk):
    before = {}
    for alias, address in disk.items():
        connections[alias].close()
        settings = connections[alias].settings_dict
        before[alias] = {key: settings[key] for key in ADDRESS}
        settings.update({key: address[key] for key in ADDRESS})
    yield
    for alias, address in before.items():
        connections[alias].close()
        connections[alias].settings_dict.update(address)
