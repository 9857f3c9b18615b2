from datetime import timedelta

from celery import shared_task

from records import clock

from . import actions
from .doorbell import ring
from .models import IdempotentAnswer, Job

AT_ONCE = 1000


@shared_task(name="jobs.run")
def run(job_id: int) -> None:
    actions.run(job_id)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Ring again for what is due: messages that were lost, workers that died."""
    lately = clock.now() - timedelta(seconds=3)  # younger ones have just been rung for
    due = Job.objects.due().filter(due_at__lt=lately).order_by("due_at")
    all(ring(pk) for pk in due.values_list("pk", flat=True)[:AT_ONCE])  # until the broker is away


@shared_task(name="jobs.delete_old_answers")
def delete_old_answers() -> None:
    IdempotentAnswer.objects.delete_old()
