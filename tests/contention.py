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
