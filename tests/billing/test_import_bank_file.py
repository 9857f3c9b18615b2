"""Importing the bank file that pays an invoice: each franc once, and a person where it is not clear."""

import threading
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, connections, transaction

from billing import actions, camt
from billing.models import BankFile, BankTransaction, CreditNote, CreditorAccount, Invoice, Payment, Series
from partners.models import BillTo
from records.refusals import Refused, refusal_for

OURS, QR_IBAN = "CH5800791123000889012", "CH4431999123000889012"
FOREIGN = "CH9300762011623852957"
CONTENDERS = 8


@pytest.fixture
def make_invoice(account, bill_to, partner, make_parcel, treasurer):
    """An issued invoice of as many parcels of CHF 150; each of a unit of its own."""

    def make(parcels=1):
        unit = BillTo.objects.create(partner=partner, name="Schulamt", postcode="3400", town="Burgdorf")
        for _parcel in range(parcels):
            make_parcel(unit)
        draft = actions.close_bill_to(unit, date(2026, 10, 1), by=treasurer)
        actions.issue(draft, by=treasurer)
        return draft

    return make


@pytest.fixture
def take(treasurer):
    """Import a file; gives back booked, known, for a person."""

    def take(content, name="november.xml"):
        bank_file, is_new = actions.import_bank_file(content, name=name, by=treasurer)
        return (bank_file.booked, bank_file.known, bank_file.for_a_person) if is_new else "known"

    return take


def pay(invoice, amount="150.00", **more):
    return {"amount": amount, "reference": invoice.reference, "name": f"T{invoice.pk}-{amount}"} | more


def joined(files):
    """One file with the bookings of several."""
    entries = [content[content.index(b"<Ntry>") : content.index(b"</Ntfctn>")] for content in files]
    return files[0].replace(entries[0], b"".join(entries))


def state(invoice):
    return Invoice.objects.with_paid().get(pk=invoice.pk).state


def findings():
    return list(BankTransaction.objects.values_list("finding", flat=True))


def tells(invoice):
    """How often the requests of an invoice tell that it was paid."""
    requests = [line.shipment.request for line in invoice.lines.all()]
    return [[step.numbers for step in request.steps.filter(verb="paid")] for request in requests]


@pytest.mark.django_db
class TestBooking:
    def test_the_exact_reference_pays_the_invoice(self, make_invoice, take, bank_file, treasurer):
        invoice = make_invoice()
        assert take(bank_file(pay(invoice))) == (1, 0, 0)
        payment = Payment.objects.get()
        assert (payment.invoice, payment.amount, payment.paid_on) == (invoice, 150, date(2026, 11, 12))
        assert (payment.transaction.account, payment.transaction.finding, payment.by) == (OURS, "exact", treasurer)
        assert state(invoice) == "paid"

    def test_the_file_keeps_what_it_was(self, make_invoice, take, bank_file, treasurer):
        take(bank_file(pay(make_invoice())), name="camt054_2026-11-12.xml")
        kept = BankFile.objects.get()
        assert (kept.name, kept.kind, kept.message_id, kept.by) == (
            "camt054_2026-11-12.xml",
            "camt.054",
            "M1",
            treasurer,
        )
        assert len(kept.sha256) == 64

    def test_less_than_the_total_pays_a_part_and_the_rest_settles_it(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        assert take(bank_file(pay(invoice, "100.00"))) == (1, 0, 0)
        assert (state(invoice), tells(invoice)) == ("partly_paid", [[]])
        assert take(bank_file(pay(invoice, "50.00"))) == (1, 0, 0)
        assert (state(invoice), tells(invoice)) == ("paid", [[{"invoice": invoice.public_number}]])

    def test_parts_of_one_file_settle_it_together(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        assert take(bank_file(pay(invoice, "100.00"), pay(invoice, "50.00"), pay(invoice, "0.05"))) == (2, 0, 1)
        assert (state(invoice), len(tells(invoice)[0])) == ("paid", 1)

    def test_every_request_on_it_tells_once_that_it_was_paid(self, make_invoice, take, bank_file):
        first, second = make_invoice(parcels=3), make_invoice()
        take(bank_file(pay(first, "450.00"), pay(second)))
        take(bank_file(pay(first, "450.00"), pay(second), pay(second, "1.00")))
        assert tells(first) == [[{"invoice": first.public_number}]] * 3
        assert tells(second) == [[{"invoice": second.public_number}]]

    def test_the_timeline_shows_it(self, make_invoice, take, bank_file, social_worker):
        from requests.timeline import steps_of, timeline

        invoice = make_invoice()
        take(bank_file(pay(invoice)))
        request = invoice.lines.get().shipment.request
        row = next(
            row for row in timeline(request, steps_of(request.pk), user=social_worker) if row["title"] == "Invoice paid"
        )
        assert row["text"] == f"Invoice {invoice.public_number}."

    def test_the_sample_of_a_collective_booking(self, make_invoice, take):
        first, second = make_invoice(parcels=6), make_invoice()
        text = (Path(__file__).parent / "data" / "own-camt054.v8.xml").read_text()
        content = text.replace("000000000000002026000000012", first.reference).replace(
            "20 26000 000028", second.reference.lstrip("0")
        )
        assert take(content.encode()) == (2, 0, 2)
        assert (state(first), state(second)) == ("paid", "paid")
        assert sorted(findings()) == ["exact", "exact", "missing", "taken_back"]

    def test_takes_the_same_number_of_statements_for_one_payment_and_for_many(
        self, make_invoice, take, bank_file, django_assert_num_queries
    ):
        one, large = make_invoice(), make_invoice(parcels=8)
        many = [pay(large, "1.00", name=f"T{n}") for n in range(999)] + [pay(large, "201.00")]
        with django_assert_num_queries(14):
            assert take(bank_file(pay(one))) == (1, 0, 0)
        with django_assert_num_queries(14) as counted:
            assert take(bank_file(*many)) == (1000, 0, 0), counted
        assert (state(large), len(tells(large))) == ("paid", 8)


@pytest.mark.django_db
class TestForAPerson:
    def test_more_than_is_open(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        assert take(bank_file(pay(invoice, "150.05"))) == (0, 0, 1)
        assert (findings(), state(invoice), Payment.objects.count()) == (["more"], "open", 0)

    def test_a_second_payment_of_a_paid_invoice(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        take(bank_file(pay(invoice)))
        assert take(bank_file(pay(invoice, name="again"))) == (0, 0, 1)
        assert (findings(), len(tells(invoice)[0])) == (["exact", "more"], 1)

    def test_an_invoice_that_was_credited(self, make_invoice, take, bank_file, treasurer):
        invoice = make_invoice()
        series = Series.objects.create(name="credit-2026", last=1)
        CreditNote.objects.create(partner=invoice.partner, invoice=invoice, series=series, number=1, by=treasurer)
        assert take(bank_file(pay(invoice))) == (0, 0, 1)
        assert findings() == ["credited"]

    @pytest.mark.parametrize(
        "case",
        [
            ({"reference": "210000000003139471430009017"}, {}, "unknown"),
            ({"reference": "210000000003139471430009016"}, {}, "invalid"),
            ({"reference": []}, {}, "missing"),
            ({"reference": ["1", "2"]}, {}, "several"),
            ({}, {"currency": "EUR"}, "currency"),
            ({}, {"amount": "151.00"}, "uneven"),
            ({}, {"direction": "DBIT"}, "taken_back"),
            ({}, {"reversal": "true"}, "taken_back"),
        ],
    )
    def test_what_is_not_clear_waits_with_its_reason(self, make_invoice, take, bank_file, case):
        change, options, finding = case
        invoice = make_invoice()
        assert take(bank_file(pay(invoice) | change, **options)) == (0, 0, 1)
        assert (findings(), Payment.objects.count(), state(invoice)) == ([finding], 0, "open")
        assert BankTransaction.objects.for_a_person().count() == 1

    def test_a_draft_cannot_be_paid(self, bill_to, make_parcel, take, bank_file, account):
        make_parcel(bill_to)
        actions.close_bill_to(bill_to, date(2026, 10, 1), by=None)
        assert take(bank_file({"amount": "150", "reference": "000000000000002026000000012"})) == (0, 0, 1)

    def test_what_the_bank_takes_back_leaves_the_payment_and_waits(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        take(bank_file(pay(invoice)))
        assert take(bank_file(pay(invoice), direction="DBIT", reversal="true")) == (0, 0, 1)
        back = BankTransaction.objects.for_a_person().get()
        assert (back.amount, back.finding, state(invoice)) == (-150, "taken_back", "paid")


@pytest.mark.django_db
class TestTwice:
    def test_the_same_file_changes_nothing(self, make_invoice, take, bank_file):
        content = bank_file(pay(make_invoice()), {"amount": "1.00"})
        assert take(content) == (1, 0, 1)
        assert take(content, name="again.xml") == "known"
        assert (BankFile.objects.count(), BankTransaction.objects.count(), Payment.objects.count()) == (1, 2, 1)

    def test_files_that_overlap_book_each_payment_once(self, make_invoice, take, bank_file):
        first, second, third = make_invoice(), make_invoice(), make_invoice()
        assert take(bank_file(pay(first), pay(second), {"amount": "5.00", "name": "x"})) == (2, 0, 1)
        assert take(bank_file({"amount": "5.00", "name": "x"}, pay(second), pay(third))) == (1, 2, 0)
        assert (Payment.objects.count(), BankTransaction.objects.count()) == (3, 4)

    @pytest.mark.parametrize("name", ["NOTPROVIDED", "E1"])
    def test_payments_that_the_bank_does_not_tell_apart_are_all_there_and_known_when_they_come_again(
        self, make_invoice, take, bank_file, name
    ):
        first, second = make_invoice(), make_invoice()
        other = make_invoice()
        parts = [pay(first), pay(second), pay(other), {"amount": "150.00"}, {"amount": "150.00", "debtor": "Else"}]
        entries = [
            bank_file(part | {"name": name}, name=name, booked_on=f"<Dt>2026-11-{day}</Dt>")
            for day, part in zip((12, 12, 13, 12, 13), parts, strict=True)
        ]
        content = joined(entries)
        assert len(camt.read(content).transactions) == 5
        assert take(content) == (3, 0, 2)
        assert [row.debtor_name for row in BankTransaction.objects.for_a_person()] == ["Gemeinde Lindental", "Else"]
        assert take(content.replace(b"M1", b"M2")) == (0, 5, 0)
        assert (BankTransaction.objects.count(), Payment.objects.count()) == (5, 3)

    def test_one_name_for_equal_payments_of_one_file_loses_none(self, account, take, bank_file):
        entry = bank_file({"amount": "150.00", "name": "N1"})
        assert take(joined([entry] * 3)) == (0, 0, 3)
        assert take(joined([entry] * 4)) == (0, 3, 1)
        assert take(entry) == (0, 1, 0)

    def test_the_statement_of_the_same_money_books_nothing_before_or_after(self, make_invoice, take, bank_file):
        first, second = make_invoice(), make_invoice()
        statement, notification = [
            bank_file(pay(first), pay(second), message=message)
            for message in ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        ]
        assert take(statement) == (0, 0, 0)
        assert take(notification) == (2, 0, 0)
        assert take(statement.replace(b"M1", b"M2")) == (0, 0, 0)
        assert (Payment.objects.count(), BankTransaction.objects.count()) == (2, 2)

    def test_the_database_takes_no_transaction_twice(self, make_invoice, take, bank_file):
        take(bank_file(pay(make_invoice())))
        row = BankTransaction.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError, match="one_row_per_bank_transaction"), transaction.atomic():
            row.save(force_insert=True)

    def test_the_database_takes_no_file_twice_and_no_finding_of_its_own(self, account, take, bank_file):
        take(bank_file({"amount": "1.00"}))
        kept = BankFile.objects.get()
        kept.pk = None
        with pytest.raises(IntegrityError, match="a_bank_file_once"), transaction.atomic():
            kept.save(force_insert=True)
        row = BankTransaction.objects.get()
        row.pk, row.identity, row.finding = None, "other", "perhaps"
        with pytest.raises(IntegrityError, match="finding_is_known"), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.django_db
class TestAccounts:
    def test_another_account_refuses_the_whole_file(self, make_invoice, take, bank_file):
        with pytest.raises(Refused, match=r"november\.xml: the account CH93 0076 2011 6238 5295 7 was never ours"):
            take(bank_file(pay(make_invoice()), account=FOREIGN))
        assert (BankFile.objects.count(), BankTransaction.objects.count(), Payment.objects.count()) == (0, 0, 0)

    def test_another_account_without_a_booking_is_refused_too(self, account, take, bank_file):
        with pytest.raises(Refused, match="never ours"):
            take(bank_file(account=FOREIGN, amount="1.00", status="PDNG"))

    @pytest.mark.parametrize("names", [{"account": QR_IBAN}, {"account": FOREIGN, "qr_iban": QR_IBAN}])
    def test_the_iban_for_references_names_the_same_account(self, make_invoice, take, bank_file, names):
        invoice = make_invoice()
        assert take(bank_file(pay(invoice), **names)) == (1, 0, 0)
        assert take(bank_file(pay(invoice))) == (0, 1, 0)
        assert BankTransaction.objects.get().account == OURS

    def test_an_account_that_was_ours_once_still_books(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        CreditorAccount.objects.create(iban=FOREIGN, qr_iban="CH6431961000004421557", valid_from="2026-11-01")
        assert take(bank_file(pay(invoice))) == (1, 0, 0)

    def test_without_any_account_nothing_is_ours(self, take, bank_file):
        with pytest.raises(Refused, match="never ours"):
            take(bank_file({"amount": "1.00"}))

    def test_half_a_file_books_nothing(self, make_invoice, take, bank_file):
        with pytest.raises(Refused, match=r"november\.xml: This file ends in the middle"):
            take(bank_file(pay(make_invoice()))[:-30])
        assert BankTransaction.objects.count() == 0


def contend(calls):
    """Do all calls at the same moment, each with a connection of its own; gives back how each ended."""
    together = threading.Barrier(len(calls))
    outcomes = []

    def one(call):
        try:
            connection.ensure_connection()
            together.wait(30)
            outcomes.append(call())
        except IntegrityError as error:
            outcomes.append(str(refusal_for(error) or error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_the_same_file_is_booked_by_one_and_known_to_the_others(self, make_invoice, take, bank_file):
        invoice = make_invoice()
        content = bank_file(pay(invoice), {"amount": "5.00", "name": "x"})
        outcomes = contend([lambda: take(content)] * CONTENDERS)
        assert sorted(map(str, outcomes)) == ["(1, 0, 1)"] + ["known"] * (CONTENDERS - 1)
        assert (Payment.objects.count(), BankTransaction.objects.count(), len(tells(invoice)[0])) == (1, 2, 1)

    def test_files_that_overlap_count_each_transaction_once(self, make_invoice, take, bank_file):
        invoices = [make_invoice() for _n in range(4)]
        shared = [pay(invoice) for invoice in invoices] + [{"amount": "5.00", "name": f"x{n}"} for n in range(20)]
        files = [bank_file(*shared, {"amount": "1.00", "name": f"own{n}"}) for n in range(CONTENDERS)]
        outcomes = contend([lambda content=content: take(content) for content in files])
        assert [sum(column) for column in zip(*outcomes, strict=True)] == [4, 24 * (CONTENDERS - 1), 20 + CONTENDERS]
        assert (Payment.objects.count(), BankTransaction.objects.count()) == (4, 24 + CONTENDERS)
        assert [tells(invoice) for invoice in invoices] == [[[{"invoice": i.public_number}]] for i in invoices]

    def test_looking_first_lets_all_through_and_only_the_index_stops_them(self, account, take, bank_file):
        take(bank_file({"amount": "1.00"}))
        file = BankFile.objects.get()
        all_have_looked = threading.Barrier(CONTENDERS)
        row = {"account": OURS, "identity": "same", "amount": 5, "currency": "CHF", "booked_on": date(2026, 11, 12)}
        seen_new = []

        def check_then_insert():
            if not BankTransaction.objects.filter(account=OURS, identity="same").exists():
                seen_new.append(True)
            all_have_looked.wait(30)
            BankTransaction.objects.create(file=file, finding="missing", **row)
            return "inserted"

        outcomes = contend([check_then_insert] * CONTENDERS)
        assert len(seen_new) == CONTENDERS  # every one of them saw it missing
        assert outcomes.count("inserted") == BankTransaction.objects.filter(identity="same").count() == 1


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture
    def write(self, tmp_path):
        def write(name, content):
            (tmp_path / name).write_bytes(content)
            return str(tmp_path / name)

        return write

    def test_says_per_file_what_became_of_it(self, make_invoice, bank_file, write, capsys):
        invoice, other = make_invoice(), make_invoice()
        first = write("first.xml", bank_file(pay(invoice), {"amount": "1.00", "name": "x"}))
        second = write("second.xml", bank_file(pay(invoice), pay(other)))
        call_command("import_camt", first, second, first)
        assert capsys.readouterr().out.splitlines() == [
            f"{first}: 1 booked, 0 known already, 1 for a person",
            f"{second}: 1 booked, 1 known already, 0 for a person",
            f"{first}: 0 booked, 2 known already, 0 for a person",
        ]
        assert BankFile.objects.first().by is None

    def test_a_refused_file_does_not_hold_up_the_others_but_is_no_success(self, make_invoice, bank_file, write, capsys):
        good, pdf = write("good.xml", bank_file(pay(make_invoice()))), write("bad.xml", b"%PDF-1.7")
        with pytest.raises(CommandError) as caught:
            call_command("import_camt", pdf, good, "/nowhere.xml")
        assert str(caught.value).splitlines() == [
            f"{pdf}: This is a PDF. The bank offers the same as camt.054, an XML file.",
            "/nowhere.xml: it can’t be read (No such file or directory).",
        ]
        assert capsys.readouterr().out == f"{good}: 1 booked, 0 known already, 0 for a person\n"

    def test_a_file_without_end_is_not_read_to_its_end(self, account):
        with pytest.raises(CommandError, match="larger than 36 MB"):
            call_command("import_camt", "/dev/zero")
