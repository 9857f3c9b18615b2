"""Issue plans the document, a job makes it, nothing makes it twice; what can't be printed is said at once."""

import hashlib
import threading
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from billing import actions
from billing.invoice_pdf import bill_from_snapshot, render_invoice
from billing.models import CreditorAccount, Invoice, InvoiceDocument, Series, VatStatus
from billing.qr_bill import payload
from billing.references import qr_reference
from billing.snapshot import build_snapshot
from documents.models import StoredFile
from jobs import actions as job_actions
from jobs.models import Job, LostClaim, job_subject
from partners.models import BillTo
from records.refusals import Refused
from requests.models import Recipient
from shipping.models import Shipment
from tests import contention

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(make_parcel, bill_to, treasurer):
    make_parcel(bill_to)
    (draft,) = actions.close_month(date(2026, 10, 1), by=treasurer)
    return draft


@pytest.fixture
def invoice(draft, account, treasurer):
    actions.issue(draft, by=treasurer)
    return draft


def job_of(invoice):
    return Job.objects.get(kind="billing.make_document", subject=job_subject(invoice))


def text_of(document):
    pages = pypdfium2.PdfDocument(document.file.read())
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


class TestTheDocument:
    def test_is_planned_with_the_issue_and_made_by_its_job(self, invoice):
        job = job_of(invoice)
        assert job.state == "waiting"
        assert job_actions.run(job.pk) is True
        document = invoice.document
        content = document.file.read()
        assert document.sha256 == document.file.sha256 == hashlib.sha256(content).hexdigest()
        assert (document.file.media_type, document.file.size) == ("application/pdf", len(content))
        (page,) = pypdfium2.PdfDocument(content)
        (code,) = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())
        assert code.text == payload(bill_from_snapshot(invoice.snapshot))
        assert job_of(invoice).state == "done"

    def test_is_not_planned_when_the_issue_does_not_commit(self, draft, account, treasurer):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            actions.issue(draft, by=treasurer)
            assert Job.objects.count() == 1
            1 / 0  # noqa: B018
        assert Job.objects.count() == 0

    def test_is_planned_once_when_the_button_is_pressed_twice(self, invoice, treasurer):
        job_actions.run(job_of(invoice).pk)
        actions.issue(Invoice.objects.get(), by=treasurer)
        assert Job.objects.count() == 1

    def test_of_a_second_job_is_the_first_one_byte_for_byte(self, invoice):
        job_actions.run(job_of(invoice).pk)
        before = list(InvoiceDocument.objects.values()), invoice.document.file.read()
        Job.objects.plan("billing.make_document", invoice)
        job_actions.run(Job.objects.get(state="waiting").pk)
        assert (list(InvoiceDocument.objects.values()), InvoiceDocument.objects.get().file.read()) == before
        assert StoredFile.objects.count() == 1

    def test_is_not_written_by_a_worker_whose_lease_ran_out(self, invoice):
        slow = job_of(invoice).claim()
        Job.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
        quick = job_of(invoice).claim()
        with pytest.raises(LostClaim):
            actions.make_document(Invoice.objects.get(), slow)
        assert InvoiceDocument.objects.count() == StoredFile.objects.count() == 0
        actions.make_document(Invoice.objects.get(), quick)
        assert InvoiceDocument.objects.count() == StoredFile.objects.count() == 1

    def test_does_not_change_with_what_changes_later(self, invoice, bill_to):
        bill_to.name = "Somebody else"
        bill_to.save()
        job_actions.run(job_of(invoice).pk)
        text = text_of(invoice.document)
        assert "Sozialdienst Lindental" in text
        assert "Somebody else" not in text

    def test_names_the_case_and_never_the_person(self, draft, account, treasurer, partner):
        request = draft.lines.get().shipment.request
        person = {"first_name": "Samira", "last_name": "Wengersdottir", "street": "Mühlegasse", "house_number": "77bis"}
        Recipient.objects.create(request=request, partner=partner, town="Oberburg", mobile="+41791234567", **person)
        actions.issue(draft, by=treasurer)
        job_actions.run(job_of(draft).pk)
        document = draft.document
        everything = f"{text_of(document)} {draft.snapshot} {document.file.name}"
        for words in (*person.values(), "Oberburg", "123 45 67"):
            assert words not in everything
        assert "LT-1" in everything
        assert request.number in everything
        assert document.file.name.endswith(f"-{draft.public_number}.pdf")

    def test_counts_whose_laptop_arrived_or_is_on_its_way(self, bill_to, make_parcel, account, treasurer):
        for status in ("handed_over", "delivered", "returned", "lost"):
            Shipment.objects.filter(pk=make_parcel(bill_to).pk).update(status=status)
        (draft,) = actions.close_month(date(2026, 10, 1), by=treasurer)
        actions.issue(draft, by=treasurer)
        assert (len(draft.snapshot["lines"]), draft.snapshot["received"]) == (4, 2)

    def test_copies_our_vat_number_once_we_are_registered(self, draft, account, treasurer):
        VatStatus.objects.create(number="", rate=None, valid_from="2020-01-01")
        VatStatus.objects.create(number="CHE-123.456.788 MWST", rate="8.1", valid_from="2021-01-01")
        actions.issue(draft, by=treasurer)
        assert draft.snapshot["vat"] == {"number": "CHE-123.456.788 MWST", "rate": "8.1"}

    def test_knows_no_vat_while_we_are_not_registered(self, draft, account, treasurer):
        VatStatus.objects.create(number="", rate=None, valid_from="2020-01-01")
        actions.issue(draft, by=treasurer)
        assert draft.snapshot["vat"] is None

    @pytest.mark.parametrize(
        ("uid", "printed"),
        [("CHE-123.456.788 MWST", "CHE-123.456.788"), ("CHE-123.456.788", "CHE-123.456.788"), ("MWST", ""), ("", "")],
    )
    def test_names_us_without_a_hint_at_vat(self, draft, account, treasurer, settings, uid, printed):
        settings.ASSOCIATION = settings.ASSOCIATION | {"uid": uid}
        actions.issue(draft, by=treasurer)
        assert draft.snapshot["creditor"]["uid"] == printed
        assert "MWST" not in str(draft.snapshot)


class TestABillThatCannotBePrinted:
    @pytest.mark.usefixtures("account")
    @pytest.mark.parametrize(
        ("field", "text", "why"),
        [
            ("name", "Service social d’Yverdon", "Name on the invoice: a QR-bill does not know ’ (U+2019). Write '."),
            ("town", "Burg\ndorf", "Town: a QR-bill does not know U+000A."),
            ("cost_centre", "漢", "Cost centre or order number: a QR-bill does not know 漢 (U+6F22)."),
        ],
    )
    def test_is_not_issued(self, draft, treasurer, field, text, why):
        BillTo.objects.update(**{field: text})
        with pytest.raises(Refused) as refusal:
            actions.issue(draft, by=treasurer)
        assert str(refusal.value) == f"Draft {draft.pk} can’t be printed. {why}"
        draft.refresh_from_db()
        assert (draft.status, draft.number, Series.objects.count(), Job.objects.count()) == ("draft", None, 0, 0)

    def test_does_not_come_from_the_longest_cost_centre(self, draft, account, treasurer):
        BillTo.objects.update(cost_centre="/" * 40, name="N" * 70, department="D" * 70, street="S" * 70)
        actions.issue(draft, by=treasurer)
        assert job_actions.run(job_of(draft).pk) is True
        assert r"/20/\/\/\/" in payload(bill_from_snapshot(draft.snapshot))
        assert draft.document.sha256

    def test_says_the_country_of_a_payer_in_liechtenstein(self, draft, account, treasurer):
        payer = BillTo.objects.get()
        payer.postcode, payer.town = "9490", "Vaduz"
        payer.save()
        actions.issue(draft, by=treasurer)
        assert "9490\nVaduz\nLI" in payload(bill_from_snapshot(draft.snapshot))

    @pytest.mark.parametrize("field", ["cost_centre", "order_number", "name"])
    def test_does_not_come_from_an_umlaut_written_as_two_characters(self, draft, account, treasurer, field):
        BillTo.objects.update(**{field: "Bu\u0308ro 5"})
        actions.issue(draft, by=treasurer)
        assert "B\u00fcro 5" in payload(bill_from_snapshot(draft.snapshot))

    def test_is_not_issued_from_an_account_that_is_none(self, draft, treasurer):
        CreditorAccount.objects.create(
            iban="CH5800791123000889012", qr_iban="CH4431999123000889013", valid_from="2020-01-01"
        )
        with pytest.raises(Refused, match="Our QR-IBAN"):
            actions.issue(draft, by=treasurer)

    @pytest.fixture
    def broken(self, draft, account, treasurer):
        """Issued past the check, as by an older version: the name has a character the QR-bill does not know."""
        snapshot = build_snapshot(
            draft,
            list(draft.lines.all()),
            account=account,
            vat_status=None,
            issued_on=date(2026, 11, 1),
            due_on=date(2026, 12, 1),
            total=draft.total,
            contact="Reto Camenzind",
        )
        snapshot["bill_to"]["name"] = "Soziales 漢字"
        reference = qr_reference("", 2026, 1)
        with transaction.atomic():
            series = Series.objects.create(name="invoice-2026", last=1)
            draft.move(
                "issue",
                by=treasurer,
                series=series,
                first=1,
                number=1,
                reference=reference,
                issued_on="2026-11-01",
                due_on="2026-12-01",
                snapshot=snapshot | {"number": "2026-0001", "reference": reference},
            )
            Job.objects.plan("billing.make_document", draft)
        return draft

    def test_that_slipped_through_ends_its_job_at_once_and_keeps_its_number(self, broken, client, admin):
        assert job_actions.run(job_of(broken).pk) is True
        job = job_of(broken)
        assert (job.state, job.attempts) == ("dead", 1)
        assert job.error == "2026-0001 can’t be printed. Name on the invoice: a QR-bill does not know 漢 (U+6F22)."
        broken.refresh_from_db()
        assert (broken.status, broken.number) == ("issued", 1)
        assert InvoiceDocument.objects.count() == StoredFile.objects.count() == 0
        client.force_login(admin)
        assert job.error in client.get(reverse("jobs:list")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_one_document(invoice):
    running = job_of(invoice).claim()
    Job.objects.plan("billing.make_document", invoice)  # a running job does not block a new one
    second = Job.objects.get(state="waiting").claim()
    render_invoice(invoice.snapshot)  # warm, so that both come to the lock soon
    failures = []

    def work(claim):
        try:
            actions.make_document(Invoice.objects.get(), claim)
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[claim]) for claim in (running, second)]
    with transaction.atomic():
        Invoice.objects.select_for_update().get()
        for thread in threads:
            thread.start()
        assert contention.wait_for(2, unless=failures), failures  # both have rendered
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert InvoiceDocument.objects.count() == StoredFile.objects.count() == 1
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
