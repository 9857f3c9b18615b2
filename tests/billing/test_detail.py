import re

import pytest

from billing.models import BankFile, BankTransaction, Invoice, Payment
from people.models import AuditEntry
from requests.models import Recipient

pytestmark = pytest.mark.django_db


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def invoice(bill_to, make_issued):
    found = make_issued(bill_to)
    request = found.lines.get().shipment.request
    Recipient.objects.create(request=request, partner=request.partner, first_name="Samira", last_name="Wenger")
    return found


def test_it_shows_each_line_down_to_the_parcel_and_no_recipient(client, treasurer, invoice):
    line = invoice.lines.select_related("shipment__request", "shipment__device").get()
    client.force_login(treasurer)
    page = text_of(client.get(invoice.get_absolute_url()))
    shipment = line.shipment
    for words in (
        invoice.public_number,
        "LT-1",
        shipment.request.number,
        shipment.device.number,
        "20.10.2026",
        "CHF 150.00",
        "October 2026",
        "By Reto Camenzind.",
        "Sozialdienst Lindental",
    ):
        assert words in page
    assert "Wenger" not in page


def test_a_line_leads_to_its_request_for_those_who_may_read_it(client, admin, treasurer, accounting, manager, invoice):
    url = invoice.lines.get().shipment.request.get_absolute_url()
    for user, leads in ((admin, True), (manager, True), (treasurer, False), (accounting, False)):
        client.force_login(user)
        assert (f'href="{url}"' in text_of(client.get(invoice.get_absolute_url()))) is leads, user


def test_payments_show_and_what_is_still_open(client, accounting, invoice):
    Payment.objects.create(invoice=invoice, amount=50, paid_on="2026-11-20")
    client.force_login(accounting)
    page = text_of(client.get(invoice.get_absolute_url()))
    for words in ("Partly paid", "20.11.2026", "You: pay CHF 100.00 by", "By the association."):
        assert words in page
    assert "Camenzind" not in page


def test_only_the_payment_that_settles_the_invoice_is_told_as_paid(client, treasurer, invoice):
    client.force_login(treasurer)
    Payment.objects.create(invoice=invoice, amount=50, paid_on="2026-11-20")
    titles = [row["title"] for row in client.get(invoice.get_absolute_url()).context["timeline"]]
    assert titles[-2:] == ["Partly paid", "Paid"]  # the second is still to come
    Payment.objects.create(invoice=invoice, amount=100, paid_on="2026-11-24")
    titles = [row["title"] for row in client.get(invoice.get_absolute_url()).context["timeline"]]
    assert titles[-2:] == ["Partly paid", "Paid"]


def test_it_says_what_comes_next_and_who_acts(client, treasurer, accounting, auditor, invoice):
    client.force_login(treasurer)
    assert "Next: Sozialdienst Lindental pays CHF 150.00 by" in text_of(client.get(invoice.get_absolute_url()))
    Payment.objects.create(invoice=invoice, amount=150, paid_on="2026-11-20")
    for user in (treasurer, accounting, auditor):
        client.force_login(user)
        assert "Nothing is left to do." in text_of(client.get(invoice.get_absolute_url()))


def test_who_reads_the_books_is_told_what_is_overdue_and_not_to_book_a_file(
    client, treasurer, auditor, invoice, other_unit, make_draft
):
    Invoice.objects.filter(pk=make_draft(other_unit).pk).update(  # long ago, by SQL
        status="issued",
        series=invoice.series_id,
        first=1,
        number=invoice.number + 1,
        reference="0" * 27,
        snapshot=invoice.snapshot,
        issued_on="2026-01-01",
        due_on="2026-01-31",
    )
    invoice = Invoice.objects.get(due_on="2026-01-31")
    for user, books in ((treasurer, True), (auditor, False)):
        client.force_login(user)
        page = text_of(client.get(invoice.get_absolute_url()))
        assert ("Overdue: " in page, "Book a file" in page) == (True, books)


def test_a_draft_offers_to_issue_and_to_discard(client, treasurer, auditor, bill_to, make_draft):
    draft = make_draft(bill_to)
    client.force_login(treasurer)
    page = text_of(client.get(draft.get_absolute_url()))
    for words in ("Discard draft", "You: look the lines over", "LT-1", "Draft for Sozialdienst Lindental"):
        assert words in page
    client.force_login(auditor)
    assert "Discard draft" not in text_of(client.get(draft.get_absolute_url()))


def test_it_costs_the_same_for_one_line_and_for_many(
    client, treasurer, bill_to, make_draft, make_parcel, django_assert_num_queries, django_assert_max_num_queries
):
    draft = make_draft(bill_to)
    client.force_login(treasurer)
    with django_assert_max_num_queries(12) as few:
        client.get(draft.get_absolute_url())
    for _parcel in range(10):
        make_parcel(bill_to)
    make_draft(bill_to)
    with django_assert_num_queries(len(few)):
        assert len(client.get(draft.get_absolute_url()).context["lines"]) == 12


def test_an_issued_invoice_offers_neither(client, treasurer, invoice):
    client.force_login(treasurer)
    page = client.get(invoice.get_absolute_url()).content.decode()
    assert not any(f'action="{invoice.get_absolute_url()}{verb}/"' in page for verb in ("issue", "discard"))


def test_issuing_gives_the_number_and_twice_is_as_once(client, treasurer, bill_to, make_draft, account):
    draft = make_draft(bill_to)
    url = f"{draft.get_absolute_url()}issue/"
    client.force_login(treasurer)
    answer = client.post(url)
    issued = Invoice.objects.get()
    assert (answer.url, issued.number) == (issued.get_absolute_url(), 1)
    assert client.post(f"{issued.get_absolute_url()}issue/").url == issued.get_absolute_url()
    assert client.post(url).url == issued.get_absolute_url()  # the second half of a double click
    assert Invoice.objects.get().number == 1


def test_discarding_twice_is_as_once_and_issuing_it_then_says_that_it_is_gone(
    client, treasurer, bill_to, make_draft, account
):
    draft = make_draft(bill_to)
    client.force_login(treasurer)
    for verb in ("discard", "discard", "issue"):
        assert client.post(f"{draft.get_absolute_url()}{verb}/").url == "/invoices/month-end/"
    page = text_of(client.get("/invoices/month-end/"))
    assert page.count("This draft was discarded already.") == 2
    assert AuditEntry.objects.filter(action="discard_draft").count() == 1
    for slug in (f"draft-{draft.pk + 1}", "nonsense"):
        assert client.post(f"/invoices/{slug}/discard/").status_code == 404


def test_a_draft_that_was_issued_since_is_not_discarded(client, treasurer, bill_to, make_issued):
    issued = make_issued(bill_to)
    client.force_login(treasurer)
    answer = client.post(f"/invoices/draft-{issued.pk}/discard/", headers={"accept": "application/json"})
    assert (answer.status_code, Invoice.objects.get().status) == (409, "issued")


def test_somebody_else_reads_who_issued_it(client, admin, invoice):
    client.force_login(admin)
    answer = client.post(f"{invoice.get_absolute_url()}issue/", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert "Reto Camenzind" in answer.json()["detail"]


def test_nobody_but_the_treasurer_presses(client, auditor, manager, accounting, bill_to, make_draft, account):
    draft = make_draft(bill_to)
    for user in (auditor, manager, accounting):
        client.force_login(user)
        for verb in ("issue", "discard"):
            assert client.post(f"{draft.get_absolute_url()}{verb}/").status_code == 403
    assert Invoice.objects.get().status == "draft"


def test_foreign_missing_and_drafts_are_404_for_partners(client, stranger, accounting, invoice, other_unit, make_draft):
    draft = make_draft(other_unit)
    client.force_login(stranger)
    assert client.get(invoice.get_absolute_url()).status_code == 404
    client.force_login(accounting)
    assert client.get(invoice.get_absolute_url()).status_code == 200
    for address in (draft.get_absolute_url(), "/invoices/2026-9999/", "/invoices/draft-999999/"):
        assert client.get(address).status_code == 404, address


def test_an_address_is_written_in_one_way(client, treasurer, invoice):
    year, number = invoice.public_number.split("-")
    client.force_login(treasurer)
    for slug in (f"{year}-0{number}", f"{year}-1", "draft-01", "nonsense", "2026-" + "9" * 40):
        assert client.get(f"/invoices/{slug}/").status_code == 404, slug


def test_the_address_of_a_draft_leads_to_what_was_issued(client, treasurer, invoice):
    client.force_login(treasurer)
    answer = client.get(f"/invoices/draft-{invoice.pk}/")
    assert (answer.status_code, answer.url) == (302, invoice.get_absolute_url())


def test_a_social_worker_reads_no_invoice(client, social_worker, invoice):
    client.force_login(social_worker)
    for address in (invoice.get_absolute_url(), f"{invoice.get_absolute_url()}pdf/"):
        assert client.get(address).status_code == 403


def test_what_the_bank_could_not_match_is_named_at_home_and_before_closing(client, treasurer):
    file = BankFile.objects.create(
        name="f", sha256="0" * 64, kind="camt.054", message_id="M", booked=0, known=0, for_a_person=1
    )
    BankTransaction.objects.create(
        file=file, account="CH58", identity="1", amount=150, currency="CHF", booked_on="2026-11-12", finding="unknown"
    )
    client.force_login(treasurer)
    assert "Bank entry waits for you" in text_of(client.get("/home/"))
    assert "1 bank entry waits for you" in text_of(client.get("/invoices/month-end/"))
