"""The page of bank files: book one, see what waits and why; a wrong file loses nothing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing import actions
from billing.camt import LARGEST
from billing.models import BankFile, BankTransaction, Payment
from billing.references import in_fives

pytestmark = pytest.mark.django_db
PAGE = "/payments/"


@pytest.fixture
def treasurer(make_user, client):
    user = make_user("treasurer@example.org", "treasurer")
    client.force_login(user)
    return user


@pytest.fixture
def invoice(account, bill_to, make_parcel, treasurer):
    make_parcel(bill_to)
    draft = actions.close_bill_to(bill_to, date(2026, 10, 1), by=treasurer)
    actions.issue(draft, by=treasurer)
    return draft


@pytest.fixture
def upload(client, account, treasurer):
    def upload(content, name="november.xml"):
        return client.post(PAGE, {"file": SimpleUploadedFile(name, content)}, follow=True)

    return upload


def text(response):
    return " ".join(response.content.decode().split())


def test_a_file_is_booked_and_its_page_says_what_became_of_it(client, upload, invoice, bank_file):
    content = bank_file(
        {"amount": "150.00", "reference": invoice.reference, "name": "a"},
        {"amount": "20.00", "name": "b", "debtor": "Stiftung Beispiel"},
    )
    response = upload(content)
    assert response.redirect_chain == [(f"/payments/files/{BankFile.objects.get().pk}/", 302)]
    assert "1 payment booked, 1 waits for you." in text(response)
    assert "Stiftung Beispiel" in text(response)
    assert "No QR reference" in text(response)
    assert "booked before" not in text(response)
    assert "Stiftung Beispiel" not in text(client.get(BankFile.objects.get().get_absolute_url(), {"view": "booked"}))
    assert Payment.objects.get().invoice == invoice


def test_what_was_booked_stands_under_its_invoice(client, upload, invoice, bank_file):
    upload(bank_file({"amount": "100.00", "reference": invoice.reference}))
    shown = text(client.get(BankFile.objects.get().get_absolute_url()))
    assert invoice.get_absolute_url() in shown
    assert "CHF 50.00 open" in shown


def test_of_an_invoice_that_was_paid_too_much_nothing_is_open(client, upload, invoice, bank_file):
    Payment.objects.create(invoice=invoice, amount="160.00", paid_on="2026-11-10")
    upload(bank_file({"amount": "5.00", "reference": invoice.reference}))
    assert "nothing open" in text(client.get(PAGE))


def test_what_waits_stands_on_the_first_page_with_reason_and_invoice(client, upload, invoice, bank_file):
    upload(bank_file({"amount": "150.05", "reference": invoice.reference, "debtor": "Gemeinde Zürich-Süd"}))
    shown = text(client.get(PAGE))
    for words in ("Gemeinde Zürich-Süd", "12.11.2026", "CHF 150.05", "More than is open on the invoice"):
        assert words in shown
    assert invoice.get_absolute_url() in shown


def test_only_a_qr_reference_is_shown_in_fives(client, upload, invoice, bank_file):
    upload(bank_file({"amount": "150.05", "reference": invoice.reference}, {"amount": "20.00", "reference": "2026-01"}))
    shown = text(client.get(PAGE))
    assert f">{in_fives(invoice.reference)}<" in shown
    assert ">2026-01<" in shown


def test_the_same_file_again_is_said_kindly(upload, invoice, bank_file):
    content = bank_file({"amount": "150.00", "reference": invoice.reference})
    upload(content)
    response = upload(content)
    assert response.redirect_chain[0][0] == BankFile.objects.get().get_absolute_url()
    assert "This very file was booked before. Nothing has changed." in text(response)


def test_a_statement_says_where_its_payments_come_from(upload, invoice, bank_file):
    response = upload(bank_file({"amount": "150.00", "reference": invoice.reference}, message="BkToCstmrStmt"))
    assert "nothing is booked from it" in text(response)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "november.xml: This file is empty."),
        (b"%PDF-1.7", "november.xml: This is a PDF."),
        (b"<Document><BkToCstmrDbtCdtNtfctn>", "november.xml: This file ends in the middle."),
    ],
)
def test_a_wrong_file_says_what_to_do_and_changes_nothing(upload, content, words):
    response = upload(content)
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert text(response).count(words) == 2  # in the summary and at the field
    assert BankFile.objects.count() == 0


def test_a_file_that_is_too_large_is_said_so_by_the_form(upload):
    assert text(upload(b" " * (LARGEST + 1))).count("This file is larger than 36 MB.") == 2
    assert BankFile.objects.count() == 0


def test_no_file_at_all_is_said_at_the_field(client, treasurer):
    response = client.post(PAGE)
    assert "file" in response.context["form"].errors


def test_another_account_is_refused_with_its_number(upload, invoice, bank_file):
    response = upload(bank_file({"amount": "150.00"}, account="CH9300762011623852957"))
    assert "CH93 0076 2011 6238 5295 7 was never ours" in text(response)


def test_empty_pages_say_so(client, treasurer):
    assert "Nothing waits" in text(client.get(PAGE))
    assert "No bank file yet" in text(client.get(f"{PAGE}?view=files"))


def test_the_files_so_far_with_their_counts(client, upload, invoice, bank_file):
    upload(bank_file({"amount": "150.00", "reference": invoice.reference}), name="camt054.xml")
    shown = text(client.get(f"{PAGE}?view=files"))
    assert "camt054.xml" in shown
    assert BankFile.objects.get().get_absolute_url() in shown


def test_a_hundred_rows_take_as_many_queries_as_one(client, upload, invoice, bank_file, django_assert_num_queries):
    for many in (1, 80):
        parts = [{"amount": "1.00", "reference": "1", "name": f"{many}-{n}"} for n in range(many)]
        upload(bank_file(*parts))
        with django_assert_num_queries(3):
            client.get(f"{PAGE}?rows=100")
        with django_assert_num_queries(2):
            client.get(f"{PAGE}?view=files&rows=100")


def test_the_pages_stay_small_however_many_entries_wait(client, upload, invoice, bank_file):
    upload(
        bank_file(
            *(
                {"amount": "0.05", "reference": invoice.reference, "name": str(n), "debtor": f"Gemeinde {n}"}
                for n in range(300)
            )
        )
    )
    BankFile.objects.bulk_create(
        BankFile(name="f.xml", sha256=f"{n}", kind="camt.054", message_id="M", booked=1, known=1, for_a_person=1)
        for n in range(300)
    )
    file = BankFile.objects.get(name="november.xml")
    for page in (PAGE, f"{PAGE}?view=files", file.get_absolute_url(), f"{file.get_absolute_url()}?view=booked"):
        assert len(client.get(page).content) <= 60_000, page


def test_a_file_name_is_only_text(client, upload, invoice, bank_file):
    upload(bank_file({"amount": "1.00", "debtor": "&lt;script&gt;alert(1)&lt;/script&gt;"}), name="<b>x.xml")
    assert "<script>alert" not in client.get(PAGE).content.decode()
    assert BankTransaction.objects.get().debtor_name == "<script>alert(1)</script>"


@pytest.mark.parametrize("role", ["dispatcher", "volunteer"])
def test_other_roles_are_refused(client, make_user, upload, bank_file, role):
    upload(bank_file({"amount": "1.00"}))
    client.force_login(make_user("other@example.org", role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"file": SimpleUploadedFile("x.xml", b"")}).status_code == 403
    assert client.get(BankFile.objects.get().get_absolute_url()).status_code == 403


def test_an_auditor_reads_and_books_nothing(client, auditor, upload, invoice, bank_file):
    upload(bank_file({"amount": "20.00", "debtor": "Stiftung Beispiel"}))
    client.force_login(auditor)
    for address in (PAGE, f"{PAGE}?view=files", BankFile.objects.get().get_absolute_url()):
        page = text(client.get(address))
        assert "Waits for the treasurer" in page
        for words in ("Waits for you", "Book this file", "Book another file"):
            assert words not in page
    assert f'href="{PAGE}"' in text(client.get("/home/"))
    assert upload(bank_file({"amount": "30.00"})).status_code == 403
    assert BankTransaction.objects.count() == 1


def test_a_partner_sees_no_bank_file(client, social_worker, upload, invoice, bank_file):
    upload(bank_file({"amount": "1.00"}))
    client.force_login(social_worker)
    assert client.get(PAGE).status_code == 403
    assert not BankFile.objects.visible_to(social_worker).exists()
    assert not BankTransaction.objects.visible_to(social_worker).exists()


@pytest.mark.parametrize("pk", [1, 99999999999999999999])
def test_a_file_that_is_not_there_is_not_found(client, treasurer, pk):
    assert client.get(reverse("billing:bank_file", args=[pk])).status_code == 404
