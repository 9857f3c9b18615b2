"""Taking over a thousand organisations from a workbook: seconds, and the ratio to a bare INSERT … SELECT.

The bare one writes the same rows into the same tables, with their indexes and foreign keys. Run it with
`.venv/bin/python benchmarks/bench_import_partners.py [--organisations 1000]`: it fills a Postgres of its own and throws
it away.
"""

import argparse
import statistics
import sys
import tempfile
import time
from io import BytesIO

from bench_load_demo import start

ROUNDS = 5
LIMIT = 15  # seconds for a thousand
HEADINGS = [
    "Organisation",
    "Kind",
    "Street",
    "House number",
    "Postcode",
    "Town",
    "Language",
    "Communes",
    "Covers since",
    "Agreement version",
    "Signed on",
    "Signed by",
    "Invoice e-mail",
    "Cost centre",
    "User name",
    "User e-mail",
    "User role",
]
TABLES = [  # each after those it refers to
    "people_user",
    "account_emailaddress",
    "partners_partner",
    "partners_partnerstep",
    "partners_billto",
    "partners_coverage",
    "partners_agreement",
    "partners_membership",
]


def main():
    parser = argparse.ArgumentParser(description="Take over organisations from a workbook and time it.")
    parser.add_argument("--organisations", type=int, default=1000)
    number = parser.parse_args().organisations
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        from people.models import User

        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        admin = User.objects.create_superuser("admin@example.org", name="Admin")
        return _measure(_workbook(number), number, admin)


def _workbook(number):
    import openpyxl

    from partners.models import Commune

    communes = list(Commune.objects.live().order_by("bfs_no").values_list("bfs_no", flat=True)[:number])
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for place in range(number):
        address = [
            "Dorfstrasse",
            f"{place % 90}",
            1000 + place % 8000,
            "Musterwil",
            "de",
            communes[place % len(communes)],
        ]
        agreement = ["01.01.2024", "2024.1", "15.12.2023", "Ruth Beispiel"]
        payer = [f"rechnungen{place}@example.org", f"KST {place}"]
        person = ["Ruth Beispiel", f"ruth{place}@example.org", "manager"]
        sheet.append([f"Gemeinde Musterwil {place}", "commune", *address, *agreement, *payer, *person])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _measure(content, number, admin):
    from partners import import_actions, importing

    times = {"reading": [], "writing": [], "bare INSERT … SELECT": []}
    for _round in range(ROUNDS):
        began = time.monotonic()
        organisations = importing.read(content).organisations
        read = time.monotonic()
        for _done in import_actions.take_over_sets(organisations, by=admin):
            pass
        times["reading"].append(read - began)
        times["writing"].append(time.monotonic() - read)
        assert import_actions.counts(organisations) == {"active": number}
        times["bare INSERT … SELECT"].append(_write_again(admin))
    for what, seconds in times.items():
        print(f"{what:22} {statistics.median(seconds):6.2f} s")
    written, bare = (statistics.median(times[what]) for what in ("writing", "bare INSERT … SELECT"))
    whole = statistics.median(times["reading"]) + written
    print(f"{number:,} organisations in {whole:.1f} s: {whole / LIMIT * 1000 / number:.2f} of what they may take")
    print(f"writing {written / bare:.1f} ×, all of it {whole / bare:.1f} × the bare INSERT … SELECT of the same rows")
    return whole > LIMIT * number / 1000


def _write_again(admin):
    """Seconds for writing the same rows from copies, foreign keys checked, without our triggers; leaves no row."""
    from django.db import connections, transaction

    theirs = {"people_user": f"id <> {admin.pk}", "account_emailaddress": f"user_id <> {admin.pk}"}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE copy_{table} ON COMMIT DROP AS SELECT * FROM {table}")
            cursor.execute(f"DELETE FROM copy_{table} WHERE NOT ({theirs.get(table, 'true')})")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        columns = {table: _written(cursor, table) for table in TABLES}
        _delete(cursor, theirs)
        began = time.monotonic()
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} ({columns[table]}) SELECT {columns[table]} FROM copy_{table}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.monotonic() - began
        _delete(cursor, theirs)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return seconds


def _written(cursor, table):
    """The columns that are written, and not worked out by Postgres."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", [table]
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


def _delete(cursor, theirs):
    for table in reversed(TABLES):
        cursor.execute(f"DELETE FROM {table} WHERE {theirs.get(table, 'true')}")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


if __name__ == "__main__":
    sys.exit(main())
