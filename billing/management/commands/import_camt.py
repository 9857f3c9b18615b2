import sys

from django.core.management.base import BaseCommand, CommandError

from billing import actions
from billing.camt import LARGEST
from jobs.progress import Progress
from records.refusals import Refused


class Command(BaseCommand):
    help = (
        "Books bank files (camt.054) and says per file what was booked, known already, and waits for a person; "
        "can be repeated.\n"
        "Example: manage.py import_camt camt054_2026-11-12.xml camt054_2026-11-13.xml"
    )

    def add_arguments(self, parser):
        parser.add_argument("files", metavar="FILE", nargs="+", help="a credit notification as the bank wrote it")

    def handle(self, *, files, **options):
        booked, refused, progress = [], [], Progress(sys.stderr, total=len(files))
        for name in files:
            try:
                booked.append(f"{name}: {_book(name)}")
            except Refused as refusal:
                refused.append(str(refusal))
            except OSError as error:
                refused.append(f"{name}: it can’t be read ({error.strerror}).")
            progress.advance(1, "files")
        progress.end()
        for line in booked:
            self.stdout.write(line)
        if refused:
            raise CommandError("\n".join(refused))


def _book(name):
    with open(name, "rb") as file:
        content = file.read(LARGEST + 1)
    bank_file, is_new = actions.import_bank_file(content, name=name, by=None)
    counts = [bank_file.booked, bank_file.known, bank_file.for_a_person]
    booked, known, for_a_person = counts if is_new else [0, sum(counts), 0]
    words = f"{booked} booked, {known} known already, {for_a_person} for a person"
    return f"{words}; a statement, nothing is booked from it" if bank_file.is_statement else words
