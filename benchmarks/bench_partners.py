"""What the list of organisations, its search and one organisation's page cost at 10,000 of them, against 100.

Run it with `.venv/bin/python benchmarks/bench_partners.py`: it fills a Postgres of its own and throws it away. A cost
is processor time, of the one web worker that is asked over HTTP and of its Postgres, as a ratio to the bare page of
the same rounds; medians are printed.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from bench_load_demo import start
from web_worker import WebWorker

SIZES = (100, 10_000)
ROUNDS = 25
LIMIT = 1.2  # × what they cost at 100


def main():
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        Path(data_dir, "static").mkdir()
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        call_command("load_demo", requests=100, verbosity=0)
        measured = [_measure(size) for size in SIZES]
    print(f"{'':24} {' '.join(f'{size:>8,}' for size in SIZES)}  ×")
    for name, before in measured[0].items():
        after = measured[1][name]
        print(f"{name:24} {before:8.2f} {after:8.2f}  {after / before:.2f}{' !' if after / before > LIMIT else ''}")


def _measure(size):
    """Each page's cost with so many organisations, × the bare page."""
    from django.db import connection
    from django.test import Client

    from partners.models import Partner
    from people.models import User

    _fill(size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    one = Partner.objects.get(name__endswith=" 00007")
    pages = {
        "bare": "/bare/",
        "list": "/partners/",
        "list, by status": "/partners/?status=active",
        "search, one": f"/partners/?q={quote(one.name[:-6])}",
        "search, many": "/partners/?q=sozial",
        "page": one.get_absolute_url(),
    }
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="admin@demo.example"))
    session = client.cookies["sessionid"].value
    costs = {name: [] for name in pages}
    with WebWorker() as worker:

        def visit(url):
            answer = worker.open(url, None, session=session)
            assert answer.status == 200, (url, answer.status)

        for _round in range(ROUNDS + 2):
            for name, url in pages.items():
                costs[name].append(worker.cost(visit, url).processor)
    medians = {name: statistics.median(rounds[2:]) for name, rounds in costs.items()}
    return {name: median / medians["bare"] for name, median in medians.items() if name != "bare"}


def _fill(size):
    """So many organisations in all, each with who pays, a commune, an agreement, two people and a history."""
    from django.db import transaction

    from partners.models import Agreement, BillTo, Commune, Coverage, Membership, Partner, PartnerStep
    from people.models import User
    from records import clock

    communes = list(Commune.objects.live().order_by("pk"))
    numbers = range(Partner.objects.filter(name__regex=r" \d{5}$").count() + 1, size + 1)
    where = {"street": "Hauptstrasse", "house_number": "1", "postcode": "3400", "town": "Burgdorf"}
    names = [
        f"{KINDS[number % len(KINDS)]} {communes[number * 7 % len(communes)].name} {number:05}" for number in numbers
    ]
    with transaction.atomic():
        partners = Partner.objects.bulk_create(Partner(name=name, status="active", **where) for name in names)
        BillTo.objects.bulk_create(
            BillTo(partner=row, name=row.name, email="k@example.org", **where) for row in partners
        )
        Coverage.objects.bulk_create(
            Coverage(partner=row, commune=communes[row.pk % len(communes)]) for row in partners
        )
        signed = {"version": "2023.1", "signed_on": "2023-01-10", "signed_by": "Nina Aebi"}
        Agreement.objects.bulk_create(
            Agreement(partner=row, countersigned_at=clock.now(), **signed) for row in partners
        )
        users = User.objects.bulk_create(
            User(email=f"{role}{row.pk}@example.org", name=f"Lea {row.pk}") for row in partners for role in "mw"
        )
        Membership.objects.bulk_create(
            Membership(user=user, partner_id=int(user.email[1:].split("@")[0]), role=ROLES[user.email[0]])
            for user in users
        )
        PartnerStep.objects.bulk_create(PartnerStep(record=row, verb="countersign") for row in partners)


KINDS = ("Sozialdienst", "Gemeinde", "Service social", "Asylbetreuung", "Servizi sociali")
ROLES = {"m": "manager", "w": "social_worker"}

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
