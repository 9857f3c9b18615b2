"""Proving that contenders overlapped: who stands before a lock now."""

from django.db import connection


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
