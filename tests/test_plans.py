"""What is over is never read to show what is open: each page is asked with a little history and with ten times as much.

For each statement Postgres says how many rows it has read, so no clock and no number of rows here is compared.
"""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from billing import actions as billing
from billing.models import BankFile, BankTransaction, Payment
from devices.models import Device, Drive
from documents.models import StoredFile
from jobs.models import Job
from partners.models import BillTo
from records import clock
from requests.models import Allocation, Recipient
from shipping.models import Label
from tests import factories, test_access
from tests.test_access import ROWS

pytestmark = pytest.mark.django_db(transaction=True)  # so that the owner can analyze its tables
people, foreign_partner, keys = test_access.people, test_access.foreign_partner, test_access.keys  # its fixtures
FEW, MANY = 2_000, 20_000
GROWTH, NOISE = 1.2, 500  # rows: beside what is over, the house is full, and may be read one way or the other

# What is asked for in a list beside its first page, by somebody who sees everything and by an organisation.
ASKS = {"admin", "manager"}
QUERIES = {
    "requests:list": [
        *(f"view={view}" for view in ("all", "needs-us", "on-the-way", "recent")),
        "status=received",
        "status=delivered",
        "q=LT-1",
        "q=ZH",
        "q=zh-2026-0388",
        "q=388",
        "q=R-2020-000017",
    ],
    "devices:list": [
        *(f"status={status}" for status in ("received", "erased", "ready", "shipped")),
        "q=zz",
        "q=5CG1 lenovo",
        "q=D-500017",
    ],
    "shipping:list": ["view=handed-over"],
    "shipping:station": ["mode=hand-over"],
    "billing:list": [
        *(f"state={state}" for state in ("open", "partly_paid", "overdue", "paid")),
        "view=unpaid",
        "q=2020-0017",
        "q=ZH-2026",
        "q=Schulamt",
    ],
    "billing:month_end": ["month=2026-09"],
    "billing:bank_files": ["view=files"],
    "partners:list": ["q=Lindental"],
}
SEARCHED = ("Oberson", "mina obe", "ZH-2026-0388", "ZH", "R-2020-000017")

# Parcels that were asked for, sent, charged and paid long ago; ten make an invoice, a hundred units pay. Their keys are
# below zero, so that what is made today comes after them; a parcel's is part of its address, and can't be.
UNITS = """
INSERT INTO partners_billto (id, partner_id, name, department, street, house_number, postcode, town, country, email,
                             language, cadence, cost_centre, order_number, supplier_number, is_active)
SELECT 500000 + n, %(partner)s, 'Unit ' || n, '', '', '', '3400', 'Burgdorf', 'CH', '', 'de', 'month', '', '', '', false
FROM generate_series(0, 99) n
"""
PAST = """
CREATE TEMP TABLE past ON COMMIT DROP AS
SELECT n - 1000000 AS id, n + 1 AS shipment, n, 500000 + n / 10 %% 100 AS bill_to, n / 10 - 1000000 AS invoice,
       date '2010-01-01' + n / 1000 * interval '1 month' AS period,
       timestamptz '2010-01-10 12:00Z' + n / 1000 * interval '1 month' AS at
FROM generate_series(%(first)s, %(last)s - 1) n;

INSERT INTO devices_drive (id, device_id, serial, kind, size_gb) SELECT id, id, 'S' || n, 'ssd', 256 FROM past;

INSERT INTO devices_erasure (drive_id, life, method, result, by_id, at)
SELECT id, 0, 'purge', 'success', %(user)s, at FROM past;

INSERT INTO devices_device (id, number, status, life, asset_tag, maker, model, memory_gb, system, keyboard, grade,
                            shelf, received_at)
SELECT id, 'D-' || 500000 + n, 'shipped', 0, '5CG' || n, 'Lenovo', 'ThinkPad T480', 8, 'linux', 'ch-de', 'A',
       'A1', at FROM past;

INSERT INTO requests_devicerequest (id, number, partner_id, status, bill_to_id, commune_id, case_reference, purpose,
                                    system, keyboard, delivery, price, received_at, approved_at, moved_at)
SELECT id, 'R-2020-' || lpad(n::text, 6, '0'), %(partner)s,
       CASE WHEN n %% 20 = 0 THEN 'withdrawn' ELSE 'delivered' END, bill_to, 404,
       'LT-2020-' || lpad(n::text, 5, '0'), 'school', 'linux', 'ch-de', 'person', 150, at, at, at FROM past;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, street, house_number, postcode, town,
                                mobile, language)
SELECT id, %(partner)s, 'Samira', 'Wenger ' || n, '', '', '', '', '', 'de' FROM past;

INSERT INTO requests_requeststep (record_id, verb, from_status, to_status, at, reason, numbers)
SELECT id, 'receive', 'received', 'received', at, '', '{}' FROM past;

INSERT INTO requests_allocation (id, request_id, partner_id, device_id, allocated_at)
SELECT id, id, %(partner)s, id, at FROM past;

INSERT INTO shipping_shipment (id, allocation_id, request_id, device_id, partner_id, status, ident_code, closed_at,
                               bill_to_id, price, handed_over_at, handed_over_noted_at, made_at)
SELECT shipment, id, id, id, %(partner)s, CASE WHEN n %% 20 = 0 THEN 'returned' ELSE 'delivered' END,
       '9900000001' || lpad(n::text, 8, '0'), at, bill_to, 150, at, at, at FROM past;

INSERT INTO shipping_label (shipment_id, item_number, state, ident_code, file_id, ordered_at, made_at)
SELECT shipment, 50000000 + n, 'made', '9900000001' || lpad(n::text, 8, '0'), %(file)s, at, at FROM past;

INSERT INTO jobs_job (id, kind, subject, state, attempts, due_at, error, made_at, ended_at)
SELECT id, 'shipping.make_label', 'shipping.shipment:' || shipment, 'done', 1, at, '', at, at FROM past;

INSERT INTO people_auditentry (at, by_id, action, subject)
SELECT at, %(user)s, 'read_recipient', 'R-2020-' || lpad(n::text, 6, '0') FROM past;

INSERT INTO billing_invoice (id, partner_id, bill_to_id, period, status, total)
SELECT DISTINCT invoice, %(partner)s, bill_to, period, 'draft', 1500 FROM past;

INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT invoice, %(partner)s, shipment, 0, 150 FROM past;

UPDATE billing_invoice i SET status = 'issued', series_id = 'invoice-2020', first = 1, number = invoice + 1000001,
  reference = i.id::text, snapshot = '{"period_kind": "month"}', issued_on = past.period + interval '1 month',
  due_on = past.period + interval '2 months'
FROM past WHERE i.id = past.invoice AND i.status = 'draft';

INSERT INTO billing_banktransaction (id, file_id, account, identity, amount, currency, booked_on, reference,
                                     debtor_name, finding)
SELECT DISTINCT invoice, %(bank_file)s, 'CH', invoice::text, 1500, 'CHF', period, '', '', 'exact' FROM past;

INSERT INTO billing_payment (invoice_id, transaction_id, amount, paid_on, at)
SELECT DISTINCT invoice, invoice, 1500, period, at FROM past
"""
# A full house: laptops that are kept and packed, as before a round.
HOUSE = """
INSERT INTO devices_device (number, status, life, asset_tag, maker, model, memory_gb, system, keyboard, grade, shelf,
                            received_at)
SELECT 'D-H' || n, 'reserved', 0, 'H' || n, '', '', 8, 'linux', 'ch-de', 'A', '', now() FROM generate_series(1, 150) n;

INSERT INTO requests_devicerequest (number, partner_id, status, bill_to_id, commune_id, case_reference, purpose,
                                    system, keyboard, delivery, price, received_at, approved_at, moved_at)
SELECT 'R-H' || n, %(partner)s, 'allocated', 500000, 404, 'ZH-H' || n, 'school', 'linux', 'ch-de', 'person', 150,
       now() - interval '40 days', now(), now() FROM generate_series(1, 150) n;

INSERT INTO requests_recipient (request_id, partner_id, first_name, last_name, street, house_number, postcode, town,
                                mobile, language)
SELECT id, partner_id, 'Mina', 'Oberson', '', '', '', '', '', 'de' FROM requests_devicerequest
WHERE number LIKE 'R-H%%';

INSERT INTO requests_allocation (request_id, partner_id, device_id, allocated_at)
SELECT r.id, r.partner_id, d.id, now() FROM requests_devicerequest r JOIN devices_device d
ON d.number = 'D-H' || substr(r.number, 4) WHERE r.number LIKE 'R-H%%';

INSERT INTO shipping_shipment (allocation_id, request_id, device_id, partner_id, status, ident_code, made_at)
SELECT a.id, request_id, device_id, a.partner_id, 'labelled', '99000000030000' || substr(number, 4), now()
FROM requests_allocation a JOIN requests_devicerequest r ON r.id = request_id WHERE number LIKE 'R-H%%'
"""


@transaction.atomic
def run(statements, **values):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # much at once, and maybe on a machine that has much to do
        for statement in statements.split(";\n"):
            cursor.execute(statement, values)


@pytest.fixture(autouse=True)
def room(transactional_db):
    """Parcels of today get keys that leave room for those that are past."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setval('shipping_shipment_id_seq', 1000000)")


@pytest.fixture
def add_past(partner, commune, people):
    """Add what was sent and paid long ago, from one number to another."""
    file = StoredFile.objects.store(b"%PDF", media_type="application/pdf", name="x.pdf")
    bank_file = BankFile.objects.create(name="f", sha256="0", kind="camt.054", booked=1, known=0, for_a_person=0)
    run(UNITS, partner=partner.pk)
    run(HOUSE, partner=partner.pk)
    run("INSERT INTO billing_series (name, first, last) VALUES ('invoice-2020', 1, 100000)")

    def add(first, last):
        names = {"partner": partner.pk, "user": people["volunteer"].pk, "file": file.pk, "bank_file": bank_file.pk}
        run(PAST, first=first, last=last, **names)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")

    return add


@pytest.fixture
def today(keys, partner):
    """Some of everything that needs somebody, and of what has just gone its way."""
    unit, paid_late = partner.bill_tos.get(is_active=True), clock.today() - timedelta(days=40)
    due = BankFile.objects.create(name="d", sha256="1", kind="camt.054", booked=0, known=0, for_a_person=3)
    for number in range(3):
        for status in ("received", "approved", "allocated"):
            request = factories.request_of(unit, status=status, case_reference=f"ZH-2026-{388 + number:04}")
            request.note("receive")
            Recipient.objects.create(request=request, partner=partner, first_name="Mina", last_name="Oberson")
        factories.allocation_of(request)  # to pack
        for columns in (
            {"status": "packing"},
            {"status": "labelled", "closed_at": clock.now()},
            factories.handed_over(unit),
            factories.handed_over(unit, clock.now()),
            factories.handed_over(unit) | {"status": "lost"},
        ):
            parcel_of_today(unit, **columns)
        withdrawn = parcel_of_today(unit, status="labelled")
        Allocation.objects.filter(pk=withdrawn.allocation_id).update(released_at=clock.now())
        taken_out = parcel_of_today(unit, status="cancelled")
        Label.objects.create(
            shipment=taken_out, item_number=1000 + number, ident_code=f"void-{number}", state="to_void"
        )
        Job.objects.plan("shipping.make_label", parcel_of_today(unit, status="packing"))
        device = Device.objects.create(asset_tag=f"ZZ{number}", maker="ZZ")
        Drive.objects.create(device=device, serial=f"ZZ{number}")
        for status in ("erased", "ready"):
            Device.objects.create(asset_tag=f"ZZ-{status}-{number}", status=status, grade="A")
        BankTransaction.objects.create(
            file=due, identity=f"{number}", amount=1, booked_on=paid_late, currency="CHF", finding="unknown"
        )
    address = {"name": "Schulamt", "postcode": "3400", "town": "Burgdorf"}
    payers = [BillTo.objects.create(partner=partner, **address) for _payer in range(4)]
    for payer in payers:
        parcel_of_today(payer, **factories.handed_over(payer))
        draft = billing.close_bill_to(payer, clock.today().replace(day=1) - timedelta(days=1), by=None)
        if payer != payers[0]:
            with clock.set_to(clock.now() - timedelta(days=40)) if payer == payers[1] else nullcontext():
                billing.issue(draft, by=None)
    Payment.objects.create(invoice=payers[2].invoices.get(), amount=50, paid_on=clock.today())


def parcel_of_today(unit, **columns):
    person = {"first_name": "Mina", "last_name": "Oberson"}
    request = factories.request_of(unit, recipient=person)
    code = "" if columns["status"] == "packing" else f"9900000002{request.pk:08}"
    return factories.parcel_of(factories.allocation_of(request), ident_code=code, **columns)


class Statements(dict):
    """Each statement that pages have asked, with the first page that did."""

    def of_page(self, client, role, url, data=None):
        def note(execute, sql, values, *rest):
            if sql.lstrip().startswith("SELECT"):
                with connection.cursor() as cursor:  # another one, since the page's may be a named one
                    self.setdefault(cursor.mogrify(sql, values).decode(), f"{role} {url} {data or ''}")
            return execute(sql, values, *rest)

        with transaction.atomic():
            with connection.execute_wrapper(note):
                answer = client.post(url, data) if data else client.get(url)
            transaction.set_rollback(True)
        if answer.streaming:
            b"".join(answer)  # read to its end, so that the file is closed
        assert answer.status_code in (200, 302, 404), (role, url)

    def rows_read(self):
        """How many rows each has read from tables, as Postgres counts them when it explains what it did."""
        found = {}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            for sql in self:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
                found[sql] = sum(map(rows_read, flattened(cursor.fetchone()[0][0]["Plan"])))
        return found


def flattened(plan):
    """A plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from flattened(below)


def rows_read(node):
    """The rows that a node has read of a table, those among them that no condition let through."""
    if "Relation Name" not in node:
        return 0
    removed = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


@pytest.fixture
def statements(client, people, keys, today, add_past):
    """Those of every page of every role, asked with a little history."""
    add_past(0, FEW)
    found = Statements()
    for role, user in people.items():
        client.force_login(user)
        for name, row in ROWS.items():
            if role in row.roles and row.method == "get":
                url = reverse(name, args=[keys(row.about, "own", user)] if row.about else [])
                for query in ("", *(QUERIES.get(name, ()) if role in ASKS else ())):
                    found.of_page(client, role, f"{url}?{query}")
        if role in ASKS & ROWS["requests:search"].roles:
            for words in SEARCHED:
                found.of_page(client, role, reverse("requests:search"), {"name": words})
    return found


def test_no_page_reads_what_is_over(add_past, statements):
    """What a statement names by its key was read by one before it, so that the same ones are asked both times."""
    few = statements.rows_read()
    add_past(FEW, MANY)
    many = statements.rows_read()
    assert len(statements) > 200
    worse = [
        f"{page}: {few[sql]:.0f} rows, then {many[sql]:.0f}: {sql}"
        for sql, page in statements.items()
        if many[sql] > GROWTH * few[sql] + NOISE
    ]
    assert not worse, "\n\n".join(worse)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        pytest.param("random_page_cost", "1.1", id="an index is not thought dear, as it is where disks turn"),
        pytest.param("join_collapse_limit", "6", id="a plan takes no longer than its answer"),
        pytest.param("jit", "off", id="no plan is compiled"),
    ],
)
def test_the_database_plans_as_its_pages_need(setting, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == (value,)
