import sys

from django.core.management.base import BaseCommand, CommandError

from documents.uploads import LARGEST
from documents.workbooks import Unreadable
from jobs.progress import Progress
from partners import import_actions, importing
from people.models import User


class Command(BaseCommand):
    help = (
        "Takes over organisations from a workbook (.xlsx, .ods or CSV) and says per row what became of it; "
        "can be repeated, what is there already is left as it is.\n"
        "Example: manage.py import_partners organisations.xlsx --dry-run"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="the workbook; /partners/import/ offers a template")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, write nothing")
        parser.add_argument("--invite", action="store_true", help="invite the first people by mail at once")
        parser.add_argument("--by", metavar="EMAIL", help="who countersigns for the association; else the first admin")

    def handle(self, *, file, dry_run, invite, by, **options):
        admin = _admin(by) if by else import_actions.countersigner()
        try:
            with open(file, "rb") as stream:
                content = stream.read(LARGEST + 1)
        except OSError as error:
            raise CommandError(f"{file} can’t be read: {error.strerror}.") from error
        if len(content) > LARGEST:
            raise CommandError(f"{file} is larger than {LARGEST // 1024 // 1024} MB. Take it over in parts.")
        try:
            contents = importing.read(content)
        except Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        organisations = contents.organisations
        progress = Progress(sys.stderr, total=len(organisations))
        for done in import_actions.take_over_sets(organisations, by=admin, invites=invite, is_dry=dry_run):
            progress.advance(done, "organisations")
        progress.end()
        for finding in contents.remarks:
            self.stdout.write(f"{finding.place}: {finding.sentence}")
        for each in organisations:
            self._report(each)
        found = import_actions.counts(organisations)
        verb = "would be taken over" if dry_run else "taken over"
        self.stdout.write(
            f"{_count(found['active'] + found['admitted'])} {verb}: {found['active']} active, "
            f"{found['admitted']} admitted. {found['there']} there already. {found['refused']} refused."
        )
        if found["refused"]:
            raise CommandError(f"{_count(found['refused'])} refused: mend these rows and repeat.")

    def _report(self, each):
        words = {
            "refused": "refused",
            "there": "there already",
            "admitted": "admitted, not active",
            "active": "active",
        }[each.outcome]
        rows = ", ".join(map(str, each.rows))
        self.stdout.write(f"Row {rows}: {each.name}: {words}.")
        for finding in each.findings:
            self.stdout.write(f"  {finding.place}: {finding.sentence}")


def _admin(email):
    user = User.objects.with_email(email)
    if user is None or not user.has_role("admin"):
        raise CommandError(f"{email} is no admin.")
    return user


def _count(number):
    return "1 organisation" if number == 1 else f"{number} organisations"
