"""A month is closed and issued though the processes that do it are killed and run doubled (M3)."""

import random
import subprocess
import sys
import threading
import time

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Count, Sum

from billing.models import ChargeLine, Invoice, Series
from devices.models import Device
from partners.models import BillTo, Partner
from requests.models import Allocation, DeviceRequest
from shipping.models import Shipment
from tests import contention, factories, running

pytestmark = pytest.mark.django_db(transaction=True)
MONTH, OUT = "2026-10", "2026-10-20T08:00Z"
BILL_TOS = 100
KILLS = 3
PATIENCE = 300  # seconds


@pytest.fixture
def each(full):
    """Parcels per bill-to: a thousand in all, ten thousand with --full."""
    return 100 if full else 10


@pytest.fixture
def parcels(commune, each):
    partners = Partner.objects.bulk_create(
        Partner(name=f"Gemeinde {n}", postcode="3400", town="Burgdorf", status="admitted") for n in range(BILL_TOS)
    )
    bill_tos = BillTo.objects.bulk_create(
        BillTo(partner=partner, name=partner.name, street="Kirchbühl", postcode="3400", town="Burgdorf")
        for partner in partners
    )
    owed = [bill_to for bill_to in bill_tos for _parcel in range(each)]
    requests = DeviceRequest.objects.bulk_create(
        DeviceRequest(
            partner_id=bill_to.partner_id,
            bill_to=bill_to,
            commune=commune,
            case_reference=f"F-{n}",
            number=f"R-{n}",
            purpose="school",
            keyboard="ch-de",
            delivery="person",
            price=150,
            approved_at=OUT,
            status="shipped",
        )
        for n, bill_to in enumerate(owed)
    )
    devices = Device.objects.bulk_create(
        Device(asset_tag=f"T{n}", number=f"D-{n}", status="shipped", grade="A") for n in range(len(owed))
    )
    allocations = Allocation.objects.bulk_create(
        Allocation(request=request, partner_id=request.partner_id, device=device)
        for request, device in zip(requests, devices, strict=True)
    )
    return Shipment.objects.bulk_create(
        Shipment(
            allocation=allocation,
            request=request,
            device=device,
            partner_id=request.partner_id,
            price=150,
            status="handed_over",
            bill_to_id=request.bill_to_id,
            handed_over_at=OUT,
            handed_over_noted_at=OUT,
        )
        for allocation, request, device in zip(allocations, requests, devices, strict=True)
    )


@pytest.fixture
def run(tmp_path):
    """Start a `manage.py` command as a process of its own."""

    def start(*command):
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=running.ROOT,
            env=running.environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start


def until_done_though_killed(run, command, how_far, whole):
    """Run a command doubled, kill both on the way a few times, then let both finish; how far each kill was."""
    killed_at, at_once = [], 0

    def watch(both, is_far_enough):
        nonlocal at_once
        until = time.monotonic() + PATIENCE
        while not is_far_enough() and time.monotonic() < until and any(one.poll() is None for one in both):
            at_once = max(at_once, contention.at_work())
            time.sleep(0.002)

    for kill in range(KILLS):
        both = [run(*command), run(*command)]
        wanted = how_far() + (whole - how_far()) // (KILLS + 2 - kill) + random.randrange(3)
        watch(both, lambda wanted=wanted: how_far() >= wanted)
        for one in both:
            one.kill()
            one.wait()
        killed_at.append(how_far())
    both = [run(*command), run(*command)]
    watch(both, lambda: how_far() == whole)
    assert [one.wait(PATIENCE) for one in both] == [0, 0]
    assert at_once >= 2  # both of a pair had a transaction open at the same moment
    return killed_at


def test_a_close_and_an_issue_killed_and_doubled_are_exact(parcels, run):
    factories.creditor_account()
    killed_at = until_done_though_killed(run, ["close_month", MONTH], Invoice.objects.count, BILL_TOS)
    assert any(0 < drafts < BILL_TOS for drafts in killed_at), killed_at  # a kill hit a run that was under way
    assert books() == {"lines": len(parcels), "parcels": len(parcels), "chf": 150 * len(parcels)}
    assert set(Invoice.objects.values_list("status", "total")) == {("draft", 150 * len(parcels) // BILL_TOS)}

    killed_at = until_done_though_killed(run, ["issue_invoices", MONTH], Invoice.objects.issued().count, BILL_TOS)
    assert any(0 < issued < BILL_TOS for issued in killed_at), killed_at
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, BILL_TOS + 1))
    assert Series.objects.get().last == BILL_TOS
    assert books() == {"lines": len(parcels), "parcels": len(parcels), "chf": 150 * len(parcels)}


def books():
    return ChargeLine.objects.aggregate(lines=Count("pk"), parcels=Count("shipment", distinct=True), chf=Sum("amount"))


# What the constraint is for: a close that looks first, without a lock, as `close_bill_to` would be without its guards.
NAIVE = """
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT i.id, s.partner_id, s.id, 0, s.price
FROM shipping_shipment s JOIN billing_invoice i ON i.bill_to_id = s.bill_to_id
WHERE NOT EXISTS (SELECT 1 FROM billing_chargeline c WHERE c.shipment_id = s.id)
"""


def close_naively_twice():
    """Two closes that overlap and look before they insert; the names of the constraints that stopped one."""
    both_have_inserted, stopped = threading.Barrier(2), []

    def close():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '30s'")
                cursor.execute("SELECT count(*) FROM billing_chargeline")
                both_have_inserted.wait(30)
                cursor.execute(NAIVE)
        except IntegrityError as error:
            stopped.append(error.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=close) for _close in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return stopped


@pytest.fixture
def drafts(parcels):
    for bill_to in BillTo.objects.all():
        Invoice.objects.create(bill_to=bill_to, partner_id=bill_to.partner_id, period="2026-10-01")


ONE_CHARGE = ("one_charge_per_turn", "charge_with_amount")  # two keys, either is enough
OF_THE_KEYS = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
WHERE c.conname = ANY(%s) OR c.conindid IN (SELECT conindid FROM pg_constraint WHERE conname = ANY(%s))
ORDER BY c.contype = 'f' DESC
"""


@pytest.fixture
def without_the_constraint(parcels):
    """Take away what says one charge per turn, and what refers to it; bring it back afterwards."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(OF_THE_KEYS, [list(ONE_CHARGE)] * 2)
        found = cursor.fetchall()
        for table, name, _definition in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        cursor.execute("TRUNCATE billing_chargeline CASCADE")
        for table, name, definition in reversed(found):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def test_looking_first_is_stopped_by_the_constraint_alone(parcels, drafts):
    (stopped,) = close_naively_twice()
    assert stopped in ONE_CHARGE
    assert books()["lines"] == len(parcels)


def test_without_the_constraint_looking_first_charges_twice(parcels, drafts, without_the_constraint):
    """The negative control: this is what nothing would stop if the constraint were gone."""
    assert close_naively_twice() == []
    assert books()["lines"] == 2 * len(parcels)
