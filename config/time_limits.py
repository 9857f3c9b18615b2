"""How long anybody waits for the database, at both ends of the line."""

import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from psycopg2 import OperationalError
from psycopg2.extensions import POLL_OK, POLL_READ, STATUS_BEGIN, STATUS_READY

# Settings of the site's login, since a pooler in transaction mode refuses a connection's own options. Whoever waits for
# a row is told that somebody else is at it, so a lock is given up before the statement is broken off.
OF_THE_LOGIN = {"lock_timeout": "5s", "statement_timeout": "7s"}
TOLD = """
SELECT setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
WHERE datname = current_database() AND setrole = to_regrole(quote_ident(current_user))
"""
ANSWER = 8  # seconds: more than any statement may take
CONNECT = 2
GREETING = (
    1  # after which the server is asked whether it says anything at all to somebody new, and within which it does
)
AFTER_A_SILENCE = 0.5  # what others wait for a server that has just said nothing; who has no connection doesn't try
SILENCE_COUNTS = 2
SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # the first words of a client, before any login: answered by one letter

_most: ContextVar[float] = ContextVar("most", default=ANSWER)
_silent_until = 0.0


def tell_login(connection: Any) -> None:
    """Have the login of this connection keep to the limits from its next connection on: a login may tell itself."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        told = {setting for (settings,) in cursor.fetchall() for setting in settings}
        for name, limit in OF_THE_LOGIN.items():
            if f"{name}={limit}" not in told:
                cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {name} = '{limit}'")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait no longer than this for each answer within the block."""
    before = _most.set(seconds)
    try:
        yield
    finally:
        _most.reset(before)


def wait(connection: Any) -> None:
    """Wait for an answer, as psycopg2's wait callback; raise when none comes, upon which psycopg2 hangs up.

    The server's own limits end nothing when the server is frozen: its machine still takes what is sent, and libpq waits
    for ever.
    """
    until = time.monotonic() + _patience(connection)
    while (state := connection.poll()) != POLL_OK:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        while not line.poll(min(GREETING, max(0, until - time.monotonic())) * 1000):
            if time.monotonic() >= until or not _is_greeted(connection.fileno()):
                raise OperationalError("the server says nothing")


def _patience(connection: Any) -> float:
    is_connected = connection.status in (STATUS_READY, STATUS_BEGIN)
    if time.monotonic() < _silent_until:
        return AFTER_A_SILENCE if is_connected else 0
    return min(_most.get(), ANSWER if is_connected else CONNECT)


def _is_greeted(fileno: int) -> bool:
    """Whether the server, or the pooler before it, answers somebody new. If not, all others are told for a moment."""
    global _silent_until  # noqa: PLW0603 - all threads of the process ask the same server
    try:
        with socket.socket(fileno=os.dup(fileno)) as asked, socket.socket(asked.family) as line:
            line.settimeout(GREETING)
            line.connect(asked.getpeername())
            line.sendall(SSL_REQUEST)
            if line.recv(1):
                return True
    except OSError:
        pass
    _silent_until = time.monotonic() + SILENCE_COUNTS
    return False
