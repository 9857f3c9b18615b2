import sys
from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections, transaction

from billing.models import CreditorAccount
from demo import papers
from demo.accounts import make_staff
from demo.bank import import_payments
from demo.calendar import Calendar
from demo.closings import closings
from demo.conversations import make_conversations
from demo.laptops import Workshop
from demo.notices import make_notices
from demo.partners import make_partners
from demo.plans import Plan, Planner
from demo.readers import make_feedback
from demo.sets.sets import Sets
from demo.walk import Walk
from jobs.progress import Progress
from partners.models import Commune, Partner
from people.models import User
from records import clock
from requests.calendar import work_out_expected_days

REQUESTS = 400
FEWEST = 100  # so that there is something in every state


class Command(BaseCommand):
    help = (
        "Loads a believable association into an empty demo: people, partners, laptops, requests in every state, three "
        "months of invoices. Example: manage.py load_demo --requests 100000"
    )

    def add_arguments(self, parser):
        parser.add_argument("--requests", type=int, default=REQUESTS, help=f"how many requests ({REQUESTS})")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other plans (1)")

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
        transaction.on_commit(refresh_statistics)  # before, the owner's login would find the tables empty
        if verbosity:
            self.stdout.write(f"{requests} requests of {Partner.objects.count()} organisations.")


@transaction.atomic
def load(requests: int, seed: int, today: date, progress: Progress) -> None:
    """Write all of it, or nothing, as it stands on the morning of a day; workers begin after the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a large demo takes its time
    rng, calendar = Random(seed), Calendar(today)
    staff = make_staff(calendar.today)
    clients = make_partners(rng, calendar, requests, staff.admin)
    progress.advance(4, "organisations")

    workshop = Workshop(rng, calendar, staff)
    planner, closed = Planner(rng, calendar, staff, workshop), closings(rng, calendar)
    walk = Walk(planner, [client for client in clients if client.is_walked], closed)
    others = planner.plan_many(requests - walk.number, [client for client in clients if not client.is_walked])
    plans, stock = _counted(others, requests, progress), workshop.stock(requests)
    sets = Sets(plans, stock, closed, rng=rng, calendar=calendar, staff=staff)
    progress.advance(4, "walk")
    walk.take(before_each=sets.draw_numbers)
    sets.write(progress)
    progress.advance(4, "payments")
    import_payments(rng, calendar, staff.treasurer, clients)
    progress.advance(2, "papers")
    papers.draw_labels()
    papers.keep_proofs()
    papers.begin_forms(rng, clients)
    papers.plan_jobs(staff.dispatchers[0])
    make_feedback(calendar)
    make_notices(staff.admin)
    work_out_expected_days()
    make_conversations(calendar, clients, staff)
    _check_keys()
    progress.end()


def _check_keys() -> None:
    """Let all keys that wait for the commit be checked now, so that none fails after the bar has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _counted(plans: Iterable[Plan], requests: int, progress: Progress) -> Iterator[Plan]:
    """The plans as they come, with the bar moving on: a fifth of the whole."""
    for n, plan in enumerate(plans, 1):
        if n % 1000 == 0:
            progress.advance(20_000 / requests, "plans")
        yield plan


def refresh_statistics() -> None:
    """Let Postgres look at the new tables at once, where the owner's login is at hand."""
    if "owner" in settings.DATABASES:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
