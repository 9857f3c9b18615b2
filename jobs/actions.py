from django.db import transaction
from django.utils.translation import gettext as _

from records import clock
from records.refusals import Refused

from .models import ATTEMPTS, Job
from .registry import DOORS


def run(job_id: int) -> bool:
    """Do one job if it is ours to do; False if it was not due or another worker has it.

    A Refused ends it at once; any other error puts it back with a pause and is raised again.
    """
    job = Job.objects.filter(pk=job_id).first()
    claim = job.claim() if job else None
    if job is None or claim is None:
        return False
    if job.attempts > ATTEMPTS:  # its worker died each time
        claim.give_up(job.error or "the worker died")
        return False
    try:
        door = DOORS[job.kind]
        with claim.renewed():
            door(job.key, claim)
        if not claim.ended:
            claim.finish()
    except Refused as refusal:
        claim.give_up(str(refusal), is_refused=True)
    except Exception as error:
        reason = str(error).partition("\n")[0]  # further lines show the row that Postgres refused, names and all
        claim.fail(f"{type(error).__name__}: {reason}"[:2000])
        raise
    return True


@transaction.atomic
def try_again(job: Job) -> None:
    """Let a dead job wait once more, with all its attempts."""
    dead = Job.objects.dead().select_for_update().filter(pk=job.pk).first()
    if dead is None:
        raise Refused(_("This job is no longer given up."))
    dead.state, dead.attempts, dead.due_at, dead.ended_at = Job.State.WAITING, 0, clock.now(), None
    dead.error, dead.is_refused = "", False
    dead.save(update_fields=["state", "attempts", "due_at", "ended_at", "error", "is_refused"])
    Job.objects.ring(dead)
