import sys

from django.core.management.base import BaseCommand, CommandError

from billing import actions
from billing.periods import parse_month
from documents.templatetags.swiss import money
from jobs.progress import Progress
from records.refusals import Refused


class Command(BaseCommand):
    help = (
        "Drafts what is due up to the end of a month, one invoice per unit that pays; can be repeated.\n"
        "Example: manage.py close_month 2026-10 --dry-run"
    )

    def add_arguments(self, parser):
        parser.add_argument("month", metavar="YYYY-MM", help="the month that is over, like 2026-10")
        parser.add_argument("--dry-run", action="store_true", help="say what closing would do, write nothing")

    def handle(self, *, month, dry_run, **options):
        first = parse_month(month)
        if first is None:
            raise CommandError(f"“{month}” is no month. Write it like 2026-10.")
        try:
            dues = actions.dry_run(first)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = [_would_do(due) for due in dues] if dry_run else _did(dues, first)
        for unit, words in rows:
            self.stdout.write(f"{unit}: {words}")
        verb = "would be drafted" if dry_run else "drafted"
        self.stdout.write(f"{len(rows)} {verb}." if rows else "Nothing is due.")


def _would_do(due):
    words = f"{_parcels(due.parcels)}, {money(due.total)}"
    return due.bill_to, f"{words}, {due.late} late" if due.late else words


def _did(dues, month):
    """Draft what is due, unit by unit; what another run was faster with is left out."""
    progress, rows = Progress(sys.stderr, total=len(dues)), []
    for due in dues:
        if draft := actions.close_bill_to(due.bill_to, month, by=None):
            rows.append((due.bill_to, f"{draft.slug}, {_parcels(draft.lines.count())}, {money(draft.total)}"))
        progress.advance(1, "units")
    progress.end()
    return rows


def _parcels(count):
    return f"{count} parcel" if count == 1 else f"{count} parcels"
