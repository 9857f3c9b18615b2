"""The batches in which drafts are issued: which one is being worked on, how far it is, and what came of it."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jobs.models import Batch
from people.models import User

from .checklist import first_names
from .models import Invoice

ISSUE = "billing.issue"


@dataclass(frozen=True)
class Outcome:
    """The invoices that were issued, by number; the first units whose drafts were not, with each reason."""

    issued: list[Invoice]
    refused: list[tuple[str, str]]


def issue_batch(token: uuid.UUID | None) -> Batch | None:
    """The batch of this token, else one whose drafts are being issued: its page may have been closed.

    A batch whose drafts were all waiting for an earlier one has no job of its own, and is not found.
    """
    named = Batch.objects.of_kind(ISSUE).filter(token=token).first() if token else None
    return named or Batch.objects.under_way(ISSUE).first()


def batch_progress(batch: Batch) -> dict[str, int]:
    """The batch's progress, where each draft that is still to be issued, `issuing`, also counts for its PDF."""
    progress = batch.progress()  # first: once it is over, nothing is issued any more
    issuing = batch.jobs.under_way().filter(kind=ISSUE).count()
    return progress | {"total": progress["total"] + issuing, "issuing": issuing}


def batch_outcome(batch: Batch, user: User) -> Outcome:
    """What came of it so far, as far as this person may see it."""
    jobs = {int(job.key): job for job in batch.jobs.filter(kind=ISSUE) if not job.is_under_way}
    found = Invoice.objects.visible_to(user).filter(pk__in=jobs).select_related("bill_to").defer("snapshot")
    invoices = {invoice.pk: invoice for invoice in found}
    issued = [invoice for key, invoice in invoices.items() if not jobs[key].is_dead and invoice.number]
    reasons: dict[str, list[str]] = {}
    for key, job in jobs.items():
        if job.is_dead:
            why = job.refusal or _("An admin finds the reason under “Background work”.")
            unit = invoices[key].bill_to if key in invoices else _("Draft %(id)s") % {"id": key}
            reasons.setdefault(why, []).append(str(unit))
    return Outcome(
        issued=sorted(issued, key=lambda invoice: (invoice.series_id, invoice.number)),
        refused=[(first_names(units, len(units)), why) for why, units in reasons.items()],
    )
