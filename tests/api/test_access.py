"""Who may what through the API: every route × every role × an own, a foreign and a missing object."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from devices.models import Device
from partners.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db
ASSOCIATION = ("admin", "treasurer", "dispatcher", "volunteer", "auditor")
PARTNER = ("social_worker", "manager", "accounting")
WORKSHOP = {"volunteer", "dispatcher", "admin"}
DISPATCH = {"dispatcher", "admin"}
DECIDES = {"social_worker", "manager"}
READS_INVOICES = {"treasurer", "admin", "auditor", "manager", "accounting"}


@dataclass(frozen=True)
class Row:
    """Which roles a route lets in by a method, and what its address takes."""

    roles: set
    about: str = ""


ROWS = {
    ("partners", "get"): Row({"admin", "dispatcher", "treasurer", "auditor", *PARTNER}),
    ("requests", "get"): Row(DECIDES | DISPATCH),
    ("requests", "post"): Row(DECIDES),
    ("request", "get"): Row(DECIDES | DISPATCH, "request"),
    ("request_complete", "post"): Row(DECIDES, "request"),
    ("request_correct", "post"): Row(DECIDES, "request"),
    ("request_approve", "post"): Row(DECIDES, "request"),
    ("allocations", "post"): Row(DISPATCH),
    ("devices", "get"): Row(WORKSHOP),
    ("devices", "post"): Row(WORKSHOP),
    ("device", "get"): Row(WORKSHOP, "device"),
    ("device_erasure", "post"): Row(WORKSHOP, "device"),
    ("device_inspect", "post"): Row(WORKSHOP, "device"),
    ("shipments", "get"): Row(WORKSHOP | DECIDES),
    ("shipments", "post"): Row(DISPATCH),
    ("shipment", "get"): Row(WORKSHOP | DECIDES, "shipment"),
    ("shipment_label", "get"): Row(DISPATCH, "shipment"),
    ("shipment_close", "post"): Row(WORKSHOP, "shipment"),
    ("shipment_hand_over", "post"): Row(WORKSHOP, "shipment"),
    ("invoices", "get"): Row(READS_INVOICES),
    ("invoice", "get"): Row(READS_INVOICES, "invoice"),
    ("invoice_pdf", "get"): Row(READS_INVOICES, "invoice"),
    ("bank_files", "post"): Row({"treasurer", "admin"}),
}
PUBLIC = {"schema", "docs", "nowhere"}
MISSING = {"request": "R-2026-999999", "device": "D-999999", "shipment": 99_999_999, "invoice": "2026-9999"}


def routes():
    api = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    for entry in api.url_patterns:
        if entry.name in PUBLIC:
            assert entry.callback.access == "public"
        else:
            for method in entry.callback.cls.may:
                yield entry.name, method.lower()


@pytest.fixture
def programs(make_user, partner, program_of):
    """One program per role."""
    found = {}
    for role in (*ASSOCIATION, *PARTNER):
        if role in PARTNER:
            user = make_user(f"{role}@example.org")
            Membership.objects.create(user=user, partner=partner, role=role)
        else:
            user = make_user(f"{role}@example.org", role)
        found[role] = program_of(user)
    return found


@pytest.fixture
def keys(partner):
    """`keys["own" | "foreign" | "missing"][about]`: what stands in the address."""
    factories.creditor_account()
    other = factories.active_partner("Sozialdienst Obertal", postcode="3454", town="Sumiswald")
    return {"own": _records(partner), "foreign": _records(other), "missing": MISSING}


def _records(partner):
    bill_to = partner.bill_tos.get()
    person = {"first_name": "Samira", "last_name": "Wenger"}
    request = factories.request_of(bill_to, recipient=person)
    device = Device.objects.create(asset_tag=f"T{request.pk}", status="reserved", grade="A")
    allocation = factories.allocation_of(request, device=device)
    shipment = factories.parcel_of(allocation, **factories.handed_over(bill_to))
    invoice = factories.issue(bill_to, date(2026, 10, 1))
    device.refresh_from_db()
    return {
        "request": request.number,
        "device": device.number,
        "shipment": shipment.pk,
        "invoice": invoice.public_number,
    }


def status_of(program, method, path):
    """403, 404 or “in”, with whatever was done taken back."""
    with transaction.atomic():
        answer = program(method, path)
        transaction.set_rollback(True)
    return answer.status_code if answer.status_code in (401, 403, 404) else "in"


def expected(role, row, whose):
    if role not in row.roles:
        return 403
    if not row.about or whose == "own":
        return "in"
    return 404 if whose == "missing" or role in PARTNER else "in"


def path_to(name, key=None):
    return reverse(f"api:{name}", args=[key] if key else []).removeprefix("/api/v1/")


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(routes()) == set(ROWS)


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_who_may(name, method, programs, keys):
    row = ROWS[name, method]
    found, wanted = {}, {}
    for role, program in programs.items():
        for whose in ("own", "foreign", "missing") if row.about else ("own",):
            path = path_to(name, keys[whose][row.about] if row.about else None)
            found[role, whose] = status_of(program, method, path)
            wanted[role, whose] = expected(role, row, whose)
    assert found == wanted


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_without_a_token_it_is_401_whether_there_is_such_an_object_or_not(name, method, nobody, keys):
    row = ROWS[name, method]
    for whose in ("own", "missing"):
        assert status_of(nobody, method, path_to(name, keys[whose][row.about] if row.about else None)) == 401
