"""In a list of invoices the numbers fall, whatever order their drafts were made in; drafts stand first."""

import pytest

from billing import actions
from billing.models import Invoice
from partners.models import BillTo

pytestmark = pytest.mark.django_db


@pytest.fixture
def backwards(partner, account, make_draft, treasurer):
    """Thirty invoices whose numbers rise while their keys fall, and a draft older than all."""
    units = [BillTo.objects.create(partner=partner, name=f"Unit {n}", postcode="3400", town="B") for n in range(31)]
    drafts = [make_draft(unit) for unit in units]
    for draft in reversed(drafts[1:]):
        actions.issue(draft, by=treasurer)
    return drafts


def test_drafts_first_then_by_number(client, treasurer, backwards):
    client.force_login(treasurer)
    first = client.get("/invoices/").context["page"]
    second = client.get(f"/invoices/{first.older_url}").context["page"]
    assert [row.number for row in first.rows + second.rows] == [None, *range(30, 0, -1)]
    again = client.get(f"/invoices/{second.newer_url}").context["page"]
    assert again.rows == first.rows


def test_the_months_list_as_well(client, treasurer, backwards):
    client.force_login(treasurer)
    page = client.get("/invoices/month-end/?month=2026-10").content.decode()
    number = Invoice.objects.get(number=30).public_number
    assert page.index(number) < page.index(number.replace("0030", "0010"))  # as far as one page goes


def test_a_later_year_stands_above(bill_to, make_issued):
    make_issued(bill_to)
    invoice = Invoice.objects.get()
    assert invoice.place == int(invoice.series_id[-4:]) * 10**9 + invoice.number
