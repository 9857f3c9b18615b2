import pytest

from billing.models import Invoice
from jobs import actions as job_actions
from jobs.models import Job
from partners.models import BillTo

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(program_of, make_user, partner):
    user = make_user("manager@example.org")
    partner.memberships.create(user=user, role="manager")
    return program_of(user)


@pytest.fixture
def foreign_manager(program_of, stranger):
    return program_of(stranger)


@pytest.fixture
def document(invoice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job_actions.run(Job.objects.get(kind="billing.make_document").pk)
    return invoice.document


def test_the_treasurer_sees_drafts_and_an_organisation_what_was_issued(money, manager, draft, treasurer):
    (row,) = money.get("invoices/").json()["results"]
    assert (row["number"], row["state"], row["total"]) == (f"draft-{draft.pk}", "draft", "150.00")
    assert manager.get("invoices/").json()["results"] == []


def test_an_invoice_shows_its_lines_as_printed_and_no_person(manager, money, invoice):
    for program in (manager, money):
        answer = program.get(f"invoices/{invoice.public_number}/")
        body = answer.json()
        assert (body["state"], body["total"], body["paid"], body["reference"]) == (
            "open",
            "150.00",
            "0.00",
            invoice.reference,
        )
        assert [(line["case_reference"], line["amount"]) for line in body["lines"]] == [("LT-1", "150.00")]
        assert "Wenger" not in answer.content.decode()


def test_the_document_is_the_one_that_was_kept(manager, invoice, document):
    answer = manager.get(f"invoices/{invoice.public_number}/pdf/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer) == document.file.read()


def test_a_document_that_is_not_made_yet_says_when_to_ask_again(money, invoice, assert_problem):
    answer = money.get(f"invoices/{invoice.public_number}/pdf/", Accept="application/pdf")
    assert assert_problem(answer, 409)["type"].endswith("#not_made_yet")
    assert answer.headers["Retry-After"] == "5"


def test_a_document_that_was_given_up_is_not_waited_for(money, manager, invoice, assert_problem):
    Job.objects.filter(kind="billing.make_document").update(state="dead", attempts=8, error="OSError: no space")
    for program, sentence in ((money, "The PDF could not be made."), (manager, "The PDF can’t be made just now.")):
        answer = program.get(f"invoices/{invoice.public_number}/pdf/")
        body = assert_problem(answer, 409)
        assert (body["detail"], body["type"].endswith("#refused")) == (sentence, True)
        assert "Retry-After" not in answer.headers


def test_a_draft_has_no_document(money, draft, assert_problem):
    answer = money.get(f"invoices/draft-{draft.pk}/pdf/")
    assert_problem(answer, 409)
    assert "Retry-After" not in answer.headers


def test_a_stranger_finds_nothing(foreign_manager, invoice, document, assert_problem):
    missing = assert_problem(foreign_manager.get("invoices/2026-9999/"), 404)["detail"]
    for path in (f"invoices/{invoice.public_number}/", f"invoices/{invoice.public_number}/pdf/"):
        assert assert_problem(foreign_manager.get(path), 404)["detail"] == missing
    assert foreign_manager.get("invoices/").json()["results"] == []


def test_social_workers_and_dispatch_have_no_business_with_invoices(worker, dispatch, invoice, assert_problem):
    for program in (worker, dispatch):
        assert_problem(program.get("invoices/"), 403)
        assert_problem(program.get(f"invoices/{invoice.public_number}/pdf/"), 403)


def test_an_organisation_cannot_see_a_draft_by_its_address(manager, draft, assert_problem):
    assert_problem(manager.get(f"invoices/draft-{draft.pk}/"), 404)


def test_invoices_are_found_by_state(money, invoice, assert_problem):
    assert len(money.get("invoices/?state=open").json()["results"]) == 1
    assert money.get("invoices/?state=paid").json()["results"] == []
    assert_problem(money.get("invoices/?state=nonsense"), 400)


def test_the_list_costs_the_same_for_25_and_100_rows(
    money, partner, django_assert_num_queries, django_assert_max_num_queries
):
    for index in range(101):
        unit = BillTo.objects.create(partner=partner, name=f"Kasse {index}", postcode="3400", town="Burgdorf")
        Invoice.objects.create(partner=partner, bill_to=unit, period="2026-10-01")
    with django_assert_max_num_queries(8) as few:
        assert len(money.get("invoices/").json()["results"]) == 25
    with django_assert_num_queries(len(few)):
        assert len(money.get("invoices/?rows=100").json()["results"]) == 100
