from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing.models import Invoice, Payment
from partners.models import BillTo, Membership, Partner
from tests import factories

pytestmark = pytest.mark.django_db


def rows(client, query=""):
    return client.get(f"/invoices/?{query}").context["page"].rows


def make_drafts(bill_to, count, start=0):
    """Empty drafts of as many months."""
    for number in range(start, start + count):
        period = date(2000 + number // 12, number % 12 + 1, 1)
        Invoice.objects.create(partner=bill_to.partner, bill_to=bill_to, period=period)


def test_the_list_costs_the_same_for_25_and_100_rows(
    client, treasurer, bill_to, make_issued, django_assert_num_queries, django_assert_max_num_queries
):
    make_issued(bill_to)
    make_drafts(bill_to, 25)
    client.force_login(treasurer)
    with django_assert_max_num_queries(8) as few:
        assert client.get("/invoices/").content.decode().count("<tr>") == 1 + 25
    make_drafts(bill_to, 75, start=25)
    with django_assert_num_queries(len(few)):
        assert client.get("/invoices/?rows=100").content.decode().count("<tr>") == 1 + 100


def test_a_partners_list_costs_eight_queries_at_most(
    client, accounting, bill_to, make_issued, django_assert_max_num_queries
):
    for _invoice in range(3):
        make_issued(bill_to)
    client.force_login(accounting)
    with django_assert_max_num_queries(8):
        assert len(rows(client, "q=LT-1&state=open")) == 3


def test_older_and_newer_lead_there_and_back(client, treasurer, bill_to):
    make_drafts(bill_to, 30)
    client.force_login(treasurer)
    first = client.get("/invoices/").context["page"]
    second = client.get(f"/invoices/{first.older_url}").context["page"]
    assert (len(first.rows), len(second.rows), first.newer_url, second.older_url) == (25, 5, "", "")
    assert [row.pk for row in client.get(f"/invoices/{second.newer_url}").context["page"].rows] == [
        row.pk for row in first.rows
    ]


def test_filters_by_the_word_that_people_see(client, treasurer, partner, account, make_draft, make_issued):
    units = [BillTo.objects.create(partner=partner, name=n, postcode="3400", town="Burgdorf") for n in "ABCDE"]
    draft, unpaid, half, paid = make_draft(units[0]), *(make_issued(unit) for unit in units[1:4])
    today = timezone.localdate()
    Payment.objects.create(invoice=half, amount=50, paid_on=today)
    Payment.objects.create(invoice=paid, amount=150, paid_on=today)
    overdue = make_draft(units[4])
    Invoice.objects.filter(pk=overdue.pk).update(  # long ago, by SQL
        status="issued",
        series=paid.series_id,
        first=1,
        number=4,
        reference="0" * 27,
        snapshot=paid.snapshot,
        issued_on=today - timedelta(days=31),
        due_on=today - timedelta(days=1),
    )
    client.force_login(treasurer)
    expected = {"draft": draft, "open": unpaid, "partly_paid": half, "paid": paid, "overdue": overdue}
    for state, invoice in expected.items():
        assert rows(client, f"state={state}") == [invoice], state
        assert rows(client, f"state={state}")[0].state == state
        assert rows(client, f"state={state}&q={'x' * 61}") == [invoice], state  # that is no filter
    assert rows(client, "view=unpaid") == [overdue, half, unpaid]
    assert rows(client, "view=draft") == [draft]
    assert len(rows(client)) == 5


def test_words_find_a_number_an_organisation_a_unit_and_a_case(client, treasurer, bill_to, other_unit, make_issued):
    first, second = make_issued(bill_to), make_issued(other_unit)
    client.force_login(treasurer)
    assert rows(client, f"q={second.public_number}") == [second]
    assert rows(client, "q=schul") == [second]
    assert rows(client, "q=lindental") == [second, first]
    assert rows(client, "q=lt-1") == [second, first]
    assert rows(client, f"q={first.lines.get().shipment.request.number}") == [first]
    assert rows(client, "q=nobody") == []


@pytest.mark.parametrize(("model", "index"), [(Partner, "partners_by_name"), (BillTo, "bill_tos_by_words")])
def test_names_are_found_through_an_index(bill_to, model, index):
    with connection.cursor() as cursor:
        for other in ("enable_seqscan", "enable_indexscan"):  # so few rows are read faster one by one
            cursor.execute(f"SET LOCAL {other} = off")
    assert index in model.objects.named("Lindental").order_by().explain()


def test_of_one_organisation(client, treasurer, bill_to, make_issued):
    invoice = make_issued(bill_to)
    client.force_login(treasurer)
    assert rows(client, f"partner={bill_to.partner_id}") == [invoice]
    other = factories.active_partner("Service social Valmont", postcode="1000", town="Lausanne")
    page = client.get(f"/invoices/?partner={other.pk}")
    assert page.context["page"].rows == []
    assert [str(chip["label"]) for chip in page.context["chips"]] == ["Service social Valmont"]
    for none in ("²", "9" * 30, "-1", "x"):
        assert rows(client, f"partner={none}") == [invoice], none


@pytest.mark.parametrize("reader", ["manager", "accounting"])
def test_a_partner_sees_its_issued_invoices_and_no_draft(
    client, request, reader, bill_to, other_unit, make_draft, make_issued
):
    issued, _draft = make_issued(bill_to), make_draft(other_unit)
    client.force_login(request.getfixturevalue(reader))
    assert rows(client) == [issued]
    assert rows(client, "view=draft") == [issued]
    assert "Draft" not in client.get("/invoices/").content.decode()


def test_a_stranger_sees_none(client, stranger, bill_to, make_issued):
    invoice = make_issued(bill_to)
    client.force_login(stranger)
    for query in ("", f"q={invoice.public_number}", "q=LT-1", f"partner={bill_to.partner_id}"):
        assert rows(client, query) == []


def test_a_social_worker_a_dispatcher_and_a_volunteer_are_refused(client, social_worker, dispatcher, volunteer):
    for user in (social_worker, dispatcher, volunteer):
        client.force_login(user)
        assert client.get("/invoices/").status_code == 403


def test_an_auditor_reads_everything(client, auditor, bill_to, make_draft):
    draft = make_draft(bill_to)
    client.force_login(auditor)
    assert rows(client) == [draft]


def test_a_member_of_two_organisations_sees_the_one_acted_for(client, manager, stranger, bill_to, make_issued):
    other = Membership.objects.filter(user=stranger).first().partner
    Membership.objects.create(user=manager, partner=other, role="manager")
    make_issued(bill_to)
    client.force_login(manager)
    assert len(rows(client)) == 1


def test_an_organisation_that_one_may_not_see_is_not_named_by_its_number(client, manager):
    other = factories.active_partner("Sozialdienst Obertal", postcode="3454", town="Sumiswald")
    client.force_login(manager)
    assert "Obertal" not in client.get("/invoices/", {"partner": other.pk}).content.decode()
