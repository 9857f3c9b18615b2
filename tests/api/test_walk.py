"""The main job, end to end, by programs only: the same books at the end as through the pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.models import BankFile, BankTransaction, ChargeLine, Close, Invoice, NoCharge, Payment
from billing.references import qr_reference
from devices.checklist import POINTS
from devices.models import Device
from jobs import actions as job_actions
from jobs.models import Job
from partners.models import Membership
from requests.models import Allocation, DeviceRequest
from shipping.models import Shipment

from .conftest import LAPTOP, bank_file

pytestmark = pytest.mark.django_db
STEPS = ["receive", "approve", "allocate", "ship", "billed", "paid"]


@pytest.fixture
def programs(worker, workshop, dispatch, money, social_worker, partner, program_of, make_user, account):
    manager = make_user("manager@example.org")
    Membership.objects.create(user=manager, partner=partner, role="manager")
    return {
        "worker": worker,
        "workshop": workshop,
        "dispatch": dispatch,
        "money": money,
        "manager": program_of(manager),
    }


def run_jobs(kind):
    jobs = list(Job.objects.filter(kind=kind, state="waiting"))
    assert [job_actions.run(job.pk) for job in jobs] == [True] * len(jobs)
    return len(jobs)


def done(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


def ask(worker, wish):
    """A social worker's case software asks and approves."""
    offered = done(worker.get("partners/"))["results"][0]
    number = done(worker.post("requests/", wish | {"bill_to": offered["bill_tos"][0]["id"]}), 201)["number"]
    assert done(worker.post(f"requests/{number}/approve/"))["price"] == "150.00"
    return number


def prepare(workshop):
    """The workshop takes a laptop in, erases its drive and looks it over."""
    number = done(workshop.post("devices/", LAPTOP), 201)["number"]
    erasure = {"drive": "S1", "method": "purge", "result": "success"}
    assert done(workshop.post(f"devices/{number}/erasure/", erasure), 201)["status"] == "erased"
    looked_at = {"points": list(POINTS), "grade": "A", "shelf": "B-07"}
    assert done(workshop.post(f"devices/{number}/inspect/", looked_at))["status"] == "ready"
    return number


def send(dispatch, workshop, request, device):
    """Dispatch keeps the laptop and packs, a job makes the label, a volunteer closes the parcel and hands it over."""
    waiting = [row["number"] for row in done(dispatch.get("requests/?status=approved"))["results"]]
    ready = [row["number"] for row in done(dispatch.get("devices/?status=ready"))["results"]]
    assert (waiting, ready) == ([request], [device])
    allocation = done(dispatch.post("allocations/", {"request": request, "device": device}), 201)["id"]
    parcel = done(dispatch.post("shipments/", {"allocation": allocation}), 201)["id"]
    assert run_jobs("shipping.make_label") == 1
    assert done(dispatch.get(f"shipments/{parcel}/"))["status"] == "labelled"
    assert b"".join(dispatch.get(f"shipments/{parcel}/label/")).startswith(b"%PDF")
    assert done(workshop.post(f"shipments/{parcel}/close/", {"device": LAPTOP["asset_tag"]}))["closed_at"]
    return done(workshop.post(f"shipments/{parcel}/hand-over/"))


def bill(money):
    """Once the month is over it is closed, twice, and issued by the commands; the API shows what came of it."""
    month = timezone.localdate().replace(day=1) - timedelta(days=1)
    Shipment.objects.update(handed_over_at=timezone.now().replace(year=month.year, month=month.month, day=15))
    call_command("close_month", f"{month:%Y-%m}")
    call_command("close_month", f"{month:%Y-%m}")
    (draft,) = done(money.get("invoices/"))["results"]
    assert (draft["state"], draft["total"]) == ("draft", "150.00")
    call_command("issue_invoices", f"{month:%Y-%m}")
    assert run_jobs("billing.make_document") == 1
    (issued,) = done(money.get("invoices/?state=open"))["results"]
    return issued


def test_from_a_wish_to_a_paid_invoice_by_programs_only(programs, wish, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    worker, money, manager = (programs[name] for name in ("worker", "money", "manager"))
    request, device = ask(worker, wish), prepare(programs["workshop"])
    parcel = send(programs["dispatch"], programs["workshop"], request, device)
    issued = bill(money)
    pdf = b"".join(money.get(f"invoices/{issued['number']}/pdf/"))
    assert pdf.startswith(b"%PDF")
    for status in (201, 200):  # the bank's file is sent twice and booked once
        answer = money.post("bank-files/", {"file": bank_file("150.00", issued["reference"])}, form=True)
        assert done(answer, status)["booked"] == 1

    told = done(worker.get(f"requests/{request}/"))
    assert [step["verb"] for step in told["steps"]] == STEPS
    assert told["steps"][2]["numbers"] == {"request": request, "device": device}
    assert told["steps"][3]["numbers"] == {"parcel": parcel["ident_code"]}
    assert told["steps"][4]["numbers"] == told["steps"][5]["numbers"] == {"invoice": issued["number"]}
    mine = done(manager.get(f"invoices/{issued['number']}/"))
    assert (mine["state"], mine["paid"], mine["lines"][0]["request"]) == ("paid", "150.00", request)
    assert b"".join(manager.get(f"invoices/{issued['number']}/pdf/")) == pdf
    check_the_books(request, device, parcel, issued, wish["bill_to"])


def check_the_books(request, device, parcel, issued, bill_to):
    """All that was written, in every table of the chain."""
    franken, year = Decimal("150.00"), timezone.localdate().year
    shipment, invoice = Shipment.objects.get(), Invoice.objects.get()
    assert list(DeviceRequest.objects.values_list("number", "status", "price")) == [(request, "shipped", franken)]
    assert list(Device.objects.values_list("number", "status")) == [(device, "shipped")]
    assert list(Allocation.objects.values_list("pk", "device__number", "released_at")) == [
        (parcel["allocation"], device, None)
    ]
    assert (shipment.status, shipment.price, shipment.bill_to_id) == ("handed_over", franken, bill_to)
    assert (invoice.status, invoice.total, invoice.number) == ("issued", franken, 1)
    assert (invoice.public_number, invoice.reference) == (f"{year}-0001", qr_reference("", year, 1))
    assert (issued["number"], issued["reference"]) == (invoice.public_number, invoice.reference)
    assert list(ChargeLine.objects.values_list("invoice", "shipment", "turn", "amount")) == [
        (invoice.pk, shipment.pk, 0, franken)
    ]
    assert list(Payment.objects.values_list("invoice", "amount", "by__email")) == [
        (invoice.pk, franken, "treasurer@example.org")
    ]
    assert list(BankTransaction.objects.values_list("amount", "reference", "finding")) == [
        (franken, invoice.reference, "exact")
    ]
    assert (BankFile.objects.count(), Close.objects.count(), NoCharge.objects.count()) == (1, 1, 0)
    assert not Job.objects.filter(state__in=["running", "dead"]).exists()
