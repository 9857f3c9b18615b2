"""The doorbell: a message that says "look", never what to do. Losing it loses nothing, the sweep rings again."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

EXPIRES_AFTER = 30  # seconds: an older message is dropped unread, or a queue once full would only ever grow
log = structlog.get_logger(__name__)


def ring(job_id: int) -> bool:
    """Ask a worker to look at a job; False if the broker is away, which is no reason to fail."""
    try:
        current_app.send_task("jobs.run", args=[job_id], ignore_result=True, expires=EXPIRES_AFTER)
    except OperationalError as error:
        log.warning("doorbell_away", job=job_id, error=str(error))
        return False
    return True
