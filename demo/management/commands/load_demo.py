import sys
from datetime import date
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections, transaction

from billing.models import CreditorAccount
from demo import books, papers, trails, writing
from demo.accounts import make_staff
from demo.hours import Calendar
from demo.laptops import Workshop
from demo.partners import make_partners
from demo.stories import Cast, Teller
from jobs.progress import Progress
from partners.models import Commune, Partner
from people.models import User
from records import clock

REQUESTS = 400
FEWEST = 100  # so that there is something in every state


class Command(BaseCommand):
    help = (
        "Loads a believable association into an empty demo: people, partners, laptops, requests in every state, three "
        "months of invoices. Example: manage.py load_demo --requests 100000"
    )

    def add_arguments(self, parser):
        parser.add_argument("--requests", type=int, default=REQUESTS, help=f"how many requests ({REQUESTS})")
        parser.add_argument("--seed", type=int, default=1, help="another number tells other stories (1)")

    def handle(self, *, requests, seed, verbosity, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is only for a demo: set DEMO=1, or start it with bin/start.")
        if requests < FEWEST:
            raise CommandError(f"A demo needs at least {FEWEST} requests, so that every state is there.")
        if User.objects.exists() or Partner.objects.exists():
            if verbosity:
                self.stdout.write("There is data here already: nothing was changed. `bin/start --fresh` begins anew.")
            return
        if CreditorAccount.objects.on() is None:
            raise CommandError("There is no bank account yet: run manage.py prepare first.")
        if not Commune.objects.exists():
            call_command("load_communes", verbosity=0, stdout=self.stdout)
        load(requests, seed, clock.today(), Progress(sys.stderr, total=100))
        refresh_statistics()
        if verbosity:
            self.stdout.write(f"{requests} requests of {Partner.objects.count()} organisations.")


@transaction.atomic
def load(requests: int, seed: int, today: date, progress: Progress) -> None:
    """Write all of it, or nothing, as it stands on the morning of a day; workers begin after the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a large demo takes its time
    rng, calendar = Random(seed), Calendar(today)
    staff = make_staff(calendar.today)
    treasurer, dispatcher = staff["treasurer@demo.example"], staff["dispatch@demo.example"]
    clients = make_partners(rng, calendar, requests, staff)
    progress.advance(4, "organisations")

    workshop = Workshop(rng, calendar, keys(staff, "volunteer"))
    cast = Cast(staff["admin@demo.example"].pk, keys(staff, "dispatch"), keys(staff, "volunteer"))
    stories = Teller(rng, calendar, clients, cast, workshop).tell(requests)
    writing.hand_in(_counted(stories, requests, progress), workshop.stock(requests))
    progress.advance(4, "laptops")
    writing.write_devices()
    progress.advance(14, "requests")
    writing.write(writing.REQUESTS)
    progress.advance(10, "parcels")
    writing.write(writing.SHIPMENTS)
    progress.advance(10, "invoices")
    books.draft(rng, calendar, treasurer)
    invoices = books.issue_and_pay(rng, calendar, treasurer)
    for steps in (trails.REQUEST_STEPS, trails.DEVICE_STEPS, trails.SHIPMENT_STEPS, trails.INVOICE_STEPS):
        progress.advance(8, "trails")
        writing.write(steps)
    progress.advance(2, "papers")
    papers.draw_labels()
    papers.keep_proofs()
    papers.begin_forms(rng, clients)
    papers.plan_jobs(books.newest(invoices, papers.DOCUMENTS), dispatcher)
    progress.end()


def keys(staff: dict[str, User], prefix: str) -> list[int]:
    return [user.pk for email, user in staff.items() if email.startswith(prefix)]


def _counted(stories, requests, progress):
    """The stories as they come, with the bar moving on: a fifth of the whole."""
    for n, story in enumerate(stories, 1):
        if n % 1000 == 0:
            progress.advance(20_000 / requests, "stories")
        yield story


def refresh_statistics() -> None:
    """Let Postgres look at the new tables at once, where the owner's login is at hand."""
    if "owner" in settings.DATABASES:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
