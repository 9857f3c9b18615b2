from django.core.management.base import BaseCommand, CommandError

from billing import actions
from billing.models import Invoice
from billing.periods import month_of
from documents.templatetags.swiss import money


class Command(BaseCommand):
    help = (
        "Issues the drafts of a month, each for itself, and queues their documents; can be repeated.\n"
        "Example: manage.py issue_invoices 2026-10"
    )

    def add_arguments(self, parser):
        parser.add_argument("month", metavar="YYYY-MM", help="the month whose drafts are issued, like 2026-10")

    def handle(self, *, month, **options):
        first = month_of(month)
        if first is None:
            raise CommandError(f"“{month}” is no month. Write it like 2026-10.")
        drafts = Invoice.objects.drafts().of_month(first).select_related("bill_to").order_by("pk")
        issued = refused = 0
        for draft in drafts:
            unit = draft.bill_to
            if why := actions.issue_all([draft], by=None):
                refused += 1
                self.stderr.write(f"{unit}: not issued. {why[0][1]}")
            else:
                issued += 1
                self.stdout.write(f"{unit}: {draft.public_number}, {money(draft.total)}")
        self.stdout.write(f"{issued} issued." if issued or refused else "No draft of this month waits.")
        if refused:
            raise CommandError(f"{refused} of {issued + refused} were not issued.")
