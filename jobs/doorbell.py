"""The doorbell: a message that says "look", never what to do. Losing it loses nothing, the sweep rings again."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def ring(job_id: int) -> None:
    """Ask a worker to look at a job; a broker that is away is no reason to fail."""
    try:
        current_app.send_task("jobs.run", args=[job_id], ignore_result=True)
    except OperationalError as error:
        log.warning("doorbell_away", job=job_id, error=str(error))
