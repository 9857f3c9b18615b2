import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.models import BankFile, Payment

from .conftest import bank_file

pytestmark = pytest.mark.django_db


def test_a_bank_file_pays_its_invoice(money, invoice, treasurer):
    answer = money.post("bank-files/", {"file": bank_file("150.00", invoice.reference)}, form=True)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["name"], body["booked"], body["known"], body["for_a_person"]) == ("november.xml", 1, 0, 0)
    assert [(payment.invoice, payment.amount, payment.by) for payment in Payment.objects.all()] == [
        (invoice, 150, treasurer)
    ]


def test_the_same_file_again_is_200_and_books_nothing(money, invoice):
    answers = [
        money.post("bank-files/", {"file": bank_file("150.00", invoice.reference)}, form=True, key=key)
        for key in ("one-key-1", "one-key-1", "another-key")
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 200]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (BankFile.objects.count(), Payment.objects.count()) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<Document/>"])
def test_what_is_no_bank_file_is_refused(money, account, content, assert_problem):
    assert_problem(money.post("bank-files/", {"file": SimpleUploadedFile("a.xml", content)}, form=True), 409)
    assert BankFile.objects.count() == 0


@pytest.mark.parametrize(
    ("megabytes", "status", "words"), [(12, 409, "This file is empty"), (40, 413, "This is larger than 36 MB.")]
)
def test_a_bank_file_may_be_larger_than_other_files(money, account, assert_problem, megabytes, status, words):
    file = SimpleUploadedFile("a.xml", b" " * (megabytes * 1024 * 1024))
    assert words in assert_problem(money.post("bank-files/", {"file": file}, form=True), status)["detail"]


def test_a_file_is_sent_as_a_form(money, account, assert_problem):
    assert assert_problem(money.post("bank-files/", {}, form=True), 400)["errors"][0]["field"] == "file"
    assert_problem(money.post("bank-files/", {"file": "x"}), 415)


def test_only_the_treasurer_books(dispatch, workshop, worker, invoice, assert_problem):
    for program in (dispatch, workshop, worker):
        answer = program.post("bank-files/", {"file": bank_file("150.00", invoice.reference)}, form=True)
        assert_problem(answer, 403)
    assert BankFile.objects.count() == 0
