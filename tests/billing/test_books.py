"""The books under attack: every line here goes straight at the database, and the database must refuse."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from billing import actions
from billing.models import (
    BankFile,
    BankTransaction,
    ChargeLine,
    Close,
    CreditLine,
    CreditNote,
    Invoice,
    InvoiceDocument,
    NoCharge,
    Payment,
    Series,
)
from documents.models import StoredFile
from shipping.models import Shipment
from tests import factories

pytestmark = pytest.mark.django_db
PERIOD = date(2026, 10, 1)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def refused_by(constraint):
    """What is done inside is refused, under this name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        yield
    assert error.value.__cause__.diag.constraint_name == constraint


def refused(constraint, statement, *values):
    with refused_by(constraint):
        sql(statement, *values)


@pytest.fixture
def stranger(db):
    return factories.active_partner("Service social Valmont", postcode="1000", town="Lausanne").bill_tos.get()


@pytest.fixture
def draft(bill_to, make_parcel):
    return draft_for(bill_to, make_parcel(bill_to))


def draft_for(bill_to, *parcels, period=PERIOD):
    invoice = Invoice.objects.create(partner=bill_to.partner, bill_to=bill_to, period=period)
    for parcel in parcels:
        charge(invoice, parcel)
    return invoice


def charge(invoice, parcel, **columns):
    return ChargeLine.objects.create(
        invoice=invoice, shipment=parcel, **{"partner": invoice.partner, "amount": Decimal(150), **columns}
    )


ISSUE = """UPDATE billing_invoice SET status = 'issued', series_id = 'invoice-2026', first = 1, number = %s, total = %s,
  snapshot = '{"number": "x"}', reference = lpad(%s::text, 27, '0'), issued_on = '2026-11-02', due_on = '2026-12-02'
  WHERE id = %s"""


@pytest.fixture
def series(db):
    return Series.objects.create(name="invoice-2026")


def issue(invoice, number=1, total=150):
    sql(ISSUE, number, total, number, invoice.pk)


@pytest.fixture
def issued(draft, series):
    issue(draft)
    return draft


def credit(invoice, parcel, user, *, turn=0, amount=150, partner=None):
    Series.objects.get_or_create(name="credit-2026")
    number = CreditNote.objects.count() + 1
    note = CreditNote.objects.create(
        partner=invoice.partner, invoice=invoice, series_id="credit-2026", number=number, by=user
    )
    return CreditLine.objects.create(
        credit_note=note, partner=partner or invoice.partner, shipment=parcel, turn=turn, amount=amount
    )


def test_an_invoice_begins_as_a_draft(bill_to, series):
    refused(
        "born_as_draft",
        "INSERT INTO billing_invoice (partner_id, bill_to_id, period, status, total) VALUES (%s, %s, %s, 'issued', 0)",
        bill_to.partner_id,
        bill_to.pk,
        PERIOD,
    )


def test_the_total_is_the_sum_of_the_lines(draft, series):
    refused("total_is_the_sum", ISSUE, 1, 1, 1, draft.pk)


def test_nothing_is_issued_without_a_number(draft):
    refused(
        "number_exactly_when_issued",
        "UPDATE billing_invoice SET status = 'issued', total = 150 WHERE id = %s",
        draft.pk,
    )


def test_a_gap_cannot_be_committed(issued, other_unit, make_parcel):
    second = draft_for(other_unit, make_parcel(other_unit))
    refused("no_gap", ISSUE, 3, 150, 3, second.pk)


def test_a_number_is_drawn_once(issued, other_unit, make_parcel):
    second = draft_for(other_unit, make_parcel(other_unit))
    refused("number_once_per_series", ISSUE.replace("lpad(%s::text, 27, '0')", "%s::text"), 1, 150, "other", second.pk)


def test_an_invoice_repeats_the_first_number_of_its_series(draft, series):
    refused("first_of_its_series", ISSUE.replace("first = 1", "first = 2"), 2, 150, 2, draft.pk)


def test_a_number_is_not_below_the_first_of_its_series(draft, series):
    refused("number_is_from_the_first", ISSUE, 0, 150, 0, draft.pk)


def test_a_series_begins_above_zero_and_not_below_its_first_number(db):
    begin = "INSERT INTO billing_series (name, first, last) VALUES ('invoice-2026', %s, %s)"
    refused("series_begins_above_zero", begin, 0, -1)
    refused("series_not_below_its_first", begin, 5, 3)


def test_a_series_begins_at_another_number_until_one_is_drawn(series):
    sql("UPDATE billing_series SET first = 400, last = 399")
    refused("series_rises_by_one", "UPDATE billing_series SET first = 300")
    sql("UPDATE billing_series SET last = last + 1")
    refused("series_rises_by_one", "UPDATE billing_series SET first = 500, last = 499")
    refused("series_rises_by_one", "UPDATE billing_series SET first = 401")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_series SET last = 0",
        "UPDATE billing_series SET last = last - 1",
        "UPDATE billing_series SET last = last + 2",
        "UPDATE billing_series SET last = 500",
        "UPDATE billing_series SET name = 'invoice-2027'",
        "DELETE FROM billing_series",
    ],
)
def test_a_series_rises_by_one(series, statement):
    for _number in range(3):
        sql("UPDATE billing_series SET last = last + 1")
    refused("series_rises_by_one", statement)
    assert Series.objects.get().last == 3


def test_a_reference_leads_to_one_invoice(issued, other_unit, make_parcel):
    second = draft_for(other_unit, make_parcel(other_unit))
    refused("reference_once", ISSUE, 2, 150, 1, second.pk)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("period_is_a_first_day", "period = '2026-10-02'"),
        ("total_is_not_negative", "total = -1"),
        ("invoice_status_is_known", "status = 'paid'"),
        ("number_exactly_when_issued", "reference = '1'"),
    ],
)
def test_a_draft_is_well_formed(draft, constraint, change):
    refused(constraint, f"UPDATE billing_invoice SET {change}")


@pytest.mark.parametrize("statement", ["UPDATE billing_invoice SET due_on = due_on", "DELETE FROM billing_invoice"])
def test_an_issued_invoice_stays(issued, statement):
    refused("issued_invoice_stays", statement)


@pytest.mark.parametrize("statement", ["UPDATE billing_chargeline SET amount = 1", "DELETE FROM billing_chargeline"])
def test_the_lines_of_an_issued_invoice_stay(issued, statement):
    refused("issued_lines_stay", statement)


def test_an_issued_invoice_gets_no_more_lines(issued, bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    with refused_by("issued_lines_stay"):
        charge(issued, parcel)


def test_a_draft_has_one_row_per_unit_and_period(draft, bill_to):
    with refused_by("one_draft_per_period"):
        draft_for(bill_to)


def test_a_line_belongs_to_the_unit_that_pays_for_the_parcel(draft, other_unit, make_parcel):
    parcel = make_parcel(other_unit)
    with refused_by("line_of_its_debtor"):
        charge(draft, parcel)


def test_a_line_belongs_to_the_partner_of_its_invoice(draft, stranger, make_parcel):
    parcel = make_parcel(stranger)
    with refused_by("line_of_its_partner"):
        charge(draft, parcel, partner=stranger.partner)


def test_a_line_belongs_to_the_partner_of_its_parcel(draft, stranger, make_parcel):
    parcel = make_parcel(stranger)
    with refused_by("parcel_of_its_partner"):
        charge(draft, parcel)


def test_a_draft_of_one_request_is_of_its_partner(stranger, bill_to, make_parcel):
    request = make_parcel(bill_to).request
    with refused_by("invoice_request_of_its_partner"):
        Invoice.objects.create(partner=stranger.partner, bill_to=stranger, period=PERIOD, request=request)


def test_a_credit_note_is_of_the_partner_of_its_invoice(issued, stranger, dispatcher):
    Series.objects.create(name="credit-2026")
    with refused_by("credit_note_of_its_partner"):
        CreditNote.objects.create(
            partner=stranger.partner, invoice=issued, series_id="credit-2026", number=1, by=dispatcher
        )


def test_an_invoice_goes_to_a_unit_of_its_partner(partner, stranger):
    with refused_by("invoice_bill_to_of_its_partner"):
        Invoice.objects.create(partner=partner, bill_to=stranger, period=PERIOD)


def test_a_parcel_is_charged_once(draft, bill_to):
    parcel = Shipment.objects.get()
    november = draft_for(bill_to, period=date(2026, 11, 1))
    with refused_by("one_charge_per_turn"):
        charge(november, parcel)


def test_a_parcel_is_charged_again_only_after_a_credit(issued, bill_to, dispatcher):
    parcel = Shipment.objects.get()
    november = draft_for(bill_to, period=date(2026, 11, 1))
    with refused_by("rebill_only_after_credit"):
        charge(november, parcel, turn=1)
    credit(issued, parcel, dispatcher)
    assert charge(november, parcel, turn=1).turn == 1


def test_an_amount_is_above_zero(draft, bill_to, make_parcel):
    with refused_by("charge_is_positive"):
        charge(draft, make_parcel(bill_to), amount=0)


def test_a_draft_cannot_be_credited(draft, series, dispatcher):
    with refused_by("credit_of_an_issued_charge"):
        credit(draft, Shipment.objects.get(), dispatcher)


def test_what_was_never_charged_cannot_be_credited(issued, bill_to, make_parcel, dispatcher):
    parcel = make_parcel(bill_to)
    with refused_by("credit_of_an_issued_charge"):
        credit(issued, parcel, dispatcher)


def test_a_credit_note_takes_back_charges_of_its_own_invoice(issued, other_unit, stranger, make_parcel, dispatcher):
    for number, unit in enumerate((other_unit, stranger), start=2):
        parcel = make_parcel(unit)
        issue(draft_for(unit, parcel), number=number)
        with refused_by("credit_of_an_issued_charge"):
            credit(issued, parcel, dispatcher)


def test_a_credit_is_of_the_partner_of_its_note(issued, stranger, dispatcher):
    with refused_by("credit_of_its_partner"):
        credit(issued, Shipment.objects.get(), dispatcher, partner=stranger.partner)


def test_a_credit_takes_back_the_whole_charge_and_once(issued, dispatcher):
    parcel = Shipment.objects.get()
    with refused_by("credits_a_whole_charge"):
        credit(issued, parcel, dispatcher, amount=151)
    credit(issued, parcel, dispatcher)
    with refused_by("one_credit_per_turn"):
        credit(issued, parcel, dispatcher)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("creditline", "amount"),
        ("creditnote", "number"),
        ("close", "cut_off"),
        ("invoicestep", "verb"),
        ("invoicedocument", "sha256"),
        ("bankfile", "booked"),
        ("banktransaction", "amount"),
        ("payment", "amount"),
    ],
)
def test_what_is_booked_is_only_added_to(issued, bank_entry, dispatcher, table, column):
    credit(issued, Shipment.objects.get(), dispatcher)
    Close.objects.create(bill_to=issued.bill_to, cut_off="2026-11-01T00:00Z")
    issued.steps.create(verb="issue", from_status="draft", to_status="issued")
    stored = StoredFile.objects.store(b"%PDF", media_type="application/pdf", name="x.pdf")
    InvoiceDocument.objects.create(invoice=issued, file=stored, sha256=stored.sha256)
    Payment.objects.create(invoice=issued, transaction=bank_entry, amount=150, paid_on=PERIOD)
    refused(f"billing_{table}_stays", f"UPDATE billing_{table} SET {column} = {column}")
    refused(f"billing_{table}_stays", f"DELETE FROM billing_{table}")


@pytest.fixture
def bank_entry(db):
    file = BankFile.objects.create(name="f", sha256="0", kind="camt.054", booked=1, known=0, for_a_person=0)
    return BankTransaction.objects.create(file=file, identity="1", amount=150, booked_on=PERIOD, finding="exact")


PAY = "INSERT INTO billing_payment (invoice_id, transaction_id, amount, paid_on, at) VALUES (%s, %s, %s, now(), now())"


def test_a_draft_is_not_paid(draft, bank_entry):
    refused("payment_of_an_issued_invoice", PAY, draft.pk, None, 150)
    refused("payment_of_an_issued_invoice", PAY, draft.pk, bank_entry.pk, 150)


def test_a_payment_is_what_the_bank_booked_and_never_nothing(issued, bank_entry):
    refused("payment_is_what_the_bank_booked", PAY, issued.pk, bank_entry.pk, 149)
    refused("payment_is_not_zero", PAY, issued.pk, None, 0)
    sql(PAY, issued.pk, bank_entry.pk, 150)
    sql(PAY, issued.pk, None, -150)


def test_a_charged_parcel_is_not_free(draft):
    with refused_by("free_or_charged"):
        NoCharge.objects.create(shipment=Shipment.objects.get(), kind="goodwill")


def test_a_free_parcel_is_not_charged(draft, bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="replacement")
    with refused_by("free_or_charged"):
        charge(draft, parcel)


def test_a_parcel_is_free_once(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="replacement")
    with refused_by("one_live_no_charge_per_shipment"):
        NoCharge.objects.create(shipment=parcel, kind="lost")


def test_each_parcel_ends_as_charged_credited_or_free(issued, bill_to, make_parcel, dispatcher):
    """The allowed ways: credited and charged again, credited for good, free, charged for the first time."""
    again, for_good, free, new = Shipment.objects.get(), *(make_parcel(bill_to) for _parcel in range(3))
    second = draft_for(bill_to, for_good)
    issue(second, number=2)
    credit(issued, again, dispatcher)
    credit(second, for_good, dispatcher)
    NoCharge.objects.create(shipment=for_good, kind="returned")
    NoCharge.objects.create(shipment=free, kind="replacement")
    draft = actions.close_bill_to(bill_to, PERIOD, by=dispatcher)
    assert set(draft.lines.values_list("shipment", "turn")) == {(again.pk, 1), (new.pk, 0)}
    assert actions.close_bill_to(bill_to, PERIOD, by=dispatcher) is None


def test_a_parcel_is_free_for_a_known_reason_and_not_backwards(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    with refused_by("no_charge_kind_is_known"):
        NoCharge.objects.create(shipment=parcel, kind="mood")
    NoCharge.objects.create(shipment=parcel, kind="goodwill")
    refused("no_charge_ends_after_it_began", "UPDATE billing_nocharge SET revoked_at = at - interval '1 day'")


REVOKE = "UPDATE billing_nocharge SET revoked_at = now()"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM billing_nocharge",
        "UPDATE billing_nocharge SET kind = 'lost'",
        f"{REVOKE}, kind = 'lost'",
        f"{REVOKE}, shipment_id = shipment_id + 1",
        f"{REVOKE}, at = now()",
        "UPDATE billing_nocharge SET at = at",
    ],
)
def test_what_makes_a_parcel_free_stays(bill_to, make_parcel, statement):
    NoCharge.objects.create(shipment=make_parcel(bill_to), kind="goodwill", at="2026-10-21T08:00Z")
    refused("no_charge_stays", statement)


def test_what_makes_a_parcel_free_is_revoked_once_and_never_revived(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="goodwill", at="2026-10-21T08:00Z")
    sql(REVOKE)
    refused("no_charge_stays", REVOKE)
    refused("no_charge_stays", "UPDATE billing_nocharge SET revoked_at = NULL")
    refused("no_charge_stays", "DELETE FROM billing_nocharge")
    draft_for(bill_to, parcel)
    refused("free_or_charged", "UPDATE billing_nocharge SET revoked_at = NULL")
    assert NoCharge.objects.get().revoked_at


def test_who_pays_stays_while_a_charge_is_live(draft, other_unit):
    refused("debtor_stays", "UPDATE shipping_shipment SET bill_to_id = %s", other_unit.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE billing_invoice CASCADE",
        "ALTER TABLE billing_invoice ADD x int",
        "DROP TRIGGER invoice_is_final ON billing_invoice",
    ],
)
def test_the_runtime_login_may_neither_truncate_nor_alter(issued, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        sql(statement)


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("uncharged_follows_the_books", "DELETE FROM billing_unchargedparcel"),
        ("uncharged_follows_the_books", "UPDATE billing_unchargedparcel SET price = 1"),
        (
            "uncharged_follows_the_books",
            "INSERT INTO billing_unchargedparcel (shipment_id, bill_to_id, handed_over_at, price) "
            "SELECT id, bill_to_id, now(), 1 FROM shipping_shipment WHERE id NOT IN "
            "(SELECT shipment_id FROM billing_unchargedparcel)",
        ),
        ("open_follows_the_books", "DELETE FROM billing_openinvoice"),
        ("open_follows_the_books", "UPDATE billing_openinvoice SET paid = 1"),
        (
            "open_follows_the_books",
            "INSERT INTO billing_openinvoice (invoice_id, paid) SELECT id, 0 FROM billing_invoice WHERE number IS NULL",
        ),
    ],
)
def test_what_is_open_is_written_by_nobody(issued, bill_to, other_unit, make_parcel, rule, statement):
    draft_for(other_unit), make_parcel(bill_to)
    refused(rule, statement)
