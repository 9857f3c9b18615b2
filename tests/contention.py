"""Proving that contenders overlapped: who stands before a lock now."""

import threading
import time
from contextlib import contextmanager

from django.db import connection, connections, transaction

PATIENCE = 9  # seconds; a lock is waited for ten


def waiting():
    """How many connections of this test's database wait for a lock; other tests run beside it on the same server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction the view would stay as first read
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def at_work():
    """How many other connections of this test's database are inside a transaction at this very moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user "
            "AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0]


def wait_for(contenders=1, *, unless):
    """Wait until so many connections stand before a lock; whether they came to.

    `unless` is where contenders leave how they ended: once anything is there, the others are not waited for.
    """
    until = time.monotonic() + PATIENCE
    while waiting() < contenders:
        if unless or time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def behind(action):
    """Do an action in a transaction that ends once somebody waits for it; what is done inside the block must do so."""
    is_done, overlapped, ended = threading.Event(), [], []

    def faster():
        try:
            with transaction.atomic():
                action()
                is_done.set()
                overlapped.append(wait_for(unless=ended))
        finally:
            is_done.set()
            connections.close_all()

    thread = threading.Thread(target=faster)
    thread.start()
    is_done.wait(30)
    try:
        yield
    finally:
        ended.append(True)
        thread.join()
    assert overlapped == [True]
