import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from billing import actions
from billing.models import Invoice
from billing.periods import parse_month
from documents.templatetags.swiss import money
from jobs.progress import Progress
from records.refusals import Refused, sentence_for


class Command(BaseCommand):
    help = (
        "Issues the drafts of a month, each for itself, and queues their documents; can be repeated.\n"
        "Example: manage.py issue_invoices 2026-10"
    )

    def add_arguments(self, parser):
        parser.add_argument("month", metavar="YYYY-MM", help="the month whose drafts are issued, like 2026-10")

    def handle(self, *, month, **options):
        first = parse_month(month)
        if first is None:
            raise CommandError(f"“{month}” is no month. Write it like 2026-10.")
        drafts = Invoice.objects.drafts().of_month(first).select_related("bill_to").order_by("pk")
        progress, issued, refused = Progress(sys.stderr, total=len(drafts)), [], []
        for draft in drafts:
            if why := _why_not(draft):
                refused.append(f"{draft.bill_to}: not issued. {why}")
            else:
                issued.append(f"{draft.bill_to}: {draft.public_number}, {money(draft.total)}")
            progress.advance(1, "drafts")
        progress.end()
        for line in issued:
            self.stdout.write(line)
        for line in refused:
            self.stderr.write(line)
        self.stdout.write(f"{len(issued)} issued." if issued or refused else "No draft of this month waits.")
        if refused:
            raise CommandError(f"{len(refused)} of {len(issued) + len(refused)} were not issued.")


def _why_not(draft):
    """Issue a draft, each for itself; the sentence if it was refused, or if somebody holds one of its rows too long."""
    try:
        actions.issue(draft, by=None)
    except (Refused, DatabaseError) as error:
        if (why := sentence_for(error)) is None:
            raise
        return str(why)
    return ""
