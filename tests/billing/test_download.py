import pytest

from billing.models import InvoiceDocument
from documents.models import StoredFile
from jobs.models import Job

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 as it was made once"
HTMX = {"hx-request": "true"}


@pytest.fixture
def invoice(bill_to, make_issued):
    return make_issued(bill_to)


@pytest.fixture
def url(invoice):
    return f"{invoice.get_absolute_url()}pdf/"


def make_document(invoice):
    file = StoredFile.objects.store(PDF, media_type="application/pdf", name=f"{invoice.public_number}.pdf")
    InvoiceDocument.objects.create(invoice=invoice, file=file, sha256=file.sha256)
    Job.objects.filter(kind="billing.make_document").update(state="done")


@pytest.mark.parametrize("reader", ["treasurer", "auditor", "manager", "accounting"])
def test_the_pdf_is_sent_as_it_was_made_once(client, request, reader, invoice, url):
    make_document(invoice)
    client.force_login(request.getfixturevalue(reader))
    for _time in range(2):
        answer = client.get(url)
        assert (answer["Content-Type"], b"".join(answer)) == ("application/pdf", PDF)
        assert f"{invoice.public_number}.pdf" in answer["Content-Disposition"]


def test_until_then_a_page_that_asks_again(client, treasurer, invoice, url):
    client.force_login(treasurer)
    page = client.get(url).content.decode()
    assert "The PDF is being made." in page
    assert 'http-equiv="refresh"' in page
    fragment = client.get(url, headers=HTMX).content.decode()
    assert f'hx-get="{url}"' in fragment
    assert "<html" not in fragment
    make_document(invoice)
    fragment = client.get(url, headers=HTMX).content.decode()
    assert "The PDF is ready." in fragment
    assert "hx-get" not in fragment


def test_a_refusal_is_said_with_its_reason_and_asks_no_more(client, treasurer, admin, accounting, url):
    Job.objects.filter(kind="billing.make_document").update(
        state="dead", attempts=1, error="No glyph for ☃", is_refused=True, ended_at="2026-11-20T08:00Z"
    )
    for user in (treasurer, admin):
        client.force_login(user)
        page = client.get(url).content.decode()
        assert "The PDF could not be made." in page
        assert "No glyph for ☃" in page
        assert "hx-get" not in page
        assert "http-equiv" not in page
        assert ('class="btn wg-btn" href="/jobs/"' in page) is (user == admin)
    client.force_login(accounting)
    page = client.get(url).content.decode()
    assert "just now" in page
    assert "No glyph" not in page


def test_a_fault_is_not_read_out(client, treasurer, auditor, admin, url):
    Job.objects.filter(kind="billing.make_document").update(
        state="dead", attempts=8, error="OSError: [Errno 28] No space left: '/srv/media'", ended_at="2026-11-20T08:00Z"
    )
    for user in (treasurer, auditor, admin):
        client.force_login(user)
        page = client.get(url).content.decode()
        assert ("The PDF could not be made." in page, "OSError" in page) == (True, False)


def test_a_draft_has_none(client, treasurer, other_unit, make_draft):
    client.force_login(treasurer)
    assert client.get(f"{make_draft(other_unit).get_absolute_url()}pdf/").status_code == 404


def test_a_stranger_gets_404_and_a_dispatcher_403(client, stranger, dispatcher, invoice, url):
    make_document(invoice)
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    client.force_login(dispatcher)
    assert client.get(url).status_code == 403
