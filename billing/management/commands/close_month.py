from django.core.management.base import BaseCommand, CommandError

from billing import actions
from billing.periods import month_of
from documents.templatetags.swiss import money
from people.lifecycle import Refused


class Command(BaseCommand):
    help = (
        "Drafts what is due up to the end of a month, one invoice per unit that pays; can be repeated.\n"
        "Example: manage.py close_month 2026-10 --dry-run"
    )

    def add_arguments(self, parser):
        parser.add_argument("month", metavar="YYYY-MM", help="the month that is over, like 2026-10")
        parser.add_argument("--dry-run", action="store_true", help="say what closing would do, write nothing")

    def handle(self, *, month, dry_run, **options):
        first = month_of(month)
        if first is None:
            raise CommandError(f"“{month}” is no month. Write it like 2026-10.")
        try:
            rows = _would_do(first) if dry_run else _did(first)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        for unit, words in rows:
            self.stdout.write(f"{unit}: {words}")
        verb = "would be drafted" if dry_run else "drafted"
        self.stdout.write(f"{len(rows)} {verb}." if rows else "Nothing is due.")


def _would_do(month):
    return [
        (due.bill_to, f"{due.parcels} parcels, {money(due.total)}" + (f", {due.late} late" if due.late else ""))
        for due in actions.dry_run(month)
    ]


def _did(month):
    return [
        (draft.bill_to, f"{draft.slug}, {draft.lines.count()} parcels, {money(draft.total)}")
        for draft in actions.close_month(month, by=None)
    ]
