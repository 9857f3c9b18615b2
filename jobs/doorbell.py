"""The doorbell: a message that says "look", never what to do. Losing it loses nothing, the sweep rings again."""

import time

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis import RedisError

EXPIRES_AFTER = 30  # seconds: an older message is dropped unread, or a queue once full would only ever grow
PATIENCE = 0.5  # seconds: whoever pressed something waits for it
PAUSE = 1  # seconds without a ring after one that nobody heard, so that a press with several jobs waits once
log = structlog.get_logger(__name__)
_quiet_until = 0.0


def ring(job_id: int) -> bool:
    """Ask a worker to look at a job; False if the broker is away, which is no reason to fail."""
    global _quiet_until  # noqa: PLW0603 - the broker is away for all threads
    if time.monotonic() < _quiet_until:
        return False
    limits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    line = current_app.connection_for_write(transport_options=limits)  # a worker's own is more patient
    try:
        with producers[line].acquire(block=True) as producer:
            current_app.send_task(
                "jobs.run", args=[job_id], ignore_result=True, expires=EXPIRES_AFTER, producer=producer
            )
    except (OperationalError, RedisError, OSError) as error:
        _quiet_until = time.monotonic() + PAUSE
        log.warning("doorbell_away", job=job_id, error=str(error))
        return False
    return True
