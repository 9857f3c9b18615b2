"""The books under attack: every line here goes straight at the database, and the database must refuse."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from billing.models import ChargeLine, CreditLine, CreditNote, Invoice, NoCharge, Series
from partners.models import BillTo, Partner
from shipping.models import Shipment

pytestmark = pytest.mark.django_db
PERIOD = date(2026, 10, 1)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(constraint, statement, *values):
    with pytest.raises(IntegrityError) as error:
        sql(statement, *values)
    assert error.value.__cause__.diag.constraint_name == constraint


@pytest.fixture
def other_unit(partner):
    return BillTo.objects.create(partner=partner, name="Schulamt", postcode="3400", town="Burgdorf")


@pytest.fixture
def stranger(db):
    partner = Partner.objects.create(name="Service social Valmont", postcode="1000", town="Lausanne", status="active")
    return BillTo.objects.create(partner=partner, name="Valmont", postcode="1000", town="Lausanne")


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


def credit(invoice, parcel, user, *, turn=0, amount=150):
    Series.objects.get_or_create(name="credit-2026")
    number = CreditNote.objects.count() + 1
    note = CreditNote.objects.create(
        partner=invoice.partner, invoice=invoice, series_id="credit-2026", number=number, by=user
    )
    return CreditLine.objects.create(credit_note=note, shipment=parcel, turn=turn, amount=amount)


def test_an_invoice_begins_as_a_draft(bill_to, series):
    refused(
        "born_as_draft",
        "INSERT INTO billing_invoice (partner_id, bill_to_id, period, status, total) VALUES (%s, %s, %s, 'issued', 0)",
        bill_to.partner_id, bill_to.pk, PERIOD,
    )  # fmt: skip


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


@pytest.mark.parametrize("statement", ["UPDATE billing_invoice SET due_on = due_on", "DELETE FROM billing_invoice"])
def test_an_issued_invoice_stays(issued, statement):
    refused("issued_invoice_stays", statement)


@pytest.mark.parametrize("statement", ["UPDATE billing_chargeline SET amount = 1", "DELETE FROM billing_chargeline"])
def test_the_lines_of_an_issued_invoice_stay(issued, statement):
    refused("issued_lines_stay", statement)


def test_an_issued_invoice_gets_no_more_lines(issued, bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    with pytest.raises(IntegrityError, match="lines of an issued invoice"), transaction.atomic():
        charge(issued, parcel)


def test_a_draft_has_one_row_per_unit_and_period(draft, bill_to):
    with pytest.raises(IntegrityError, match="one_draft_per_period"), transaction.atomic():
        draft_for(bill_to)


def test_a_line_belongs_to_the_unit_that_pays_for_the_parcel(draft, other_unit, make_parcel):
    parcel = make_parcel(other_unit)
    with pytest.raises(IntegrityError, match="billed to another unit"), transaction.atomic():
        charge(draft, parcel)


def test_a_line_belongs_to_the_partner_of_its_invoice(draft, stranger, make_parcel):
    parcel = make_parcel(stranger)
    with pytest.raises(IntegrityError, match="line_of_its_partner"), transaction.atomic():
        charge(draft, parcel, partner=stranger.partner)


def test_a_line_belongs_to_the_partner_of_its_parcel(draft, stranger, make_parcel):
    parcel = make_parcel(stranger)
    with pytest.raises(IntegrityError, match="parcel_of_its_partner"), transaction.atomic():
        charge(draft, parcel)


def test_an_invoice_goes_to_a_unit_of_its_partner(partner, stranger):
    with pytest.raises(IntegrityError, match="invoice_bill_to_of_its_partner"), transaction.atomic():
        Invoice.objects.create(partner=partner, bill_to=stranger, period=PERIOD)


def test_a_parcel_is_charged_once(draft, bill_to):
    parcel = Shipment.objects.get()
    november = draft_for(bill_to, period=date(2026, 11, 1))
    with pytest.raises(IntegrityError, match="one_charge_per_turn"), transaction.atomic():
        charge(november, parcel)


def test_a_parcel_is_charged_again_only_after_a_credit(issued, bill_to, dispatcher):
    parcel = Shipment.objects.get()
    november = draft_for(bill_to, period=date(2026, 11, 1))
    with pytest.raises(IntegrityError, match="rebill_only_after_credit"), transaction.atomic():
        charge(november, parcel, turn=1)
    credit(issued, parcel, dispatcher)
    assert charge(november, parcel, turn=1).turn == 1


def test_an_amount_is_above_zero(draft, bill_to, make_parcel):
    with pytest.raises(IntegrityError, match="charge_is_positive"), transaction.atomic():
        charge(draft, make_parcel(bill_to), amount=0)


def test_a_draft_cannot_be_credited(draft, series, dispatcher):
    with pytest.raises(IntegrityError, match="only an issued charge"), transaction.atomic():
        credit(draft, Shipment.objects.get(), dispatcher)


def test_a_credit_takes_back_the_whole_charge_and_once(issued, dispatcher):
    parcel = Shipment.objects.get()
    with pytest.raises(IntegrityError, match="credits_a_whole_charge"), transaction.atomic():
        credit(issued, parcel, dispatcher, amount=151)
    credit(issued, parcel, dispatcher)
    with pytest.raises(IntegrityError, match="one_credit_per_turn"), transaction.atomic():
        credit(issued, parcel, dispatcher)


@pytest.mark.parametrize("table", ["creditline", "creditnote"])
def test_a_credit_stays(issued, dispatcher, table):
    credit(issued, Shipment.objects.get(), dispatcher)
    refused(f"billing_{table}_stays", f"DELETE FROM billing_{table}")


def test_a_charged_parcel_is_not_free(draft):
    with pytest.raises(IntegrityError, match="a charged parcel is not free"), transaction.atomic():
        NoCharge.objects.create(shipment=Shipment.objects.get(), kind="goodwill")


def test_a_free_parcel_is_not_charged(draft, bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="replacement")
    with pytest.raises(IntegrityError, match="a free parcel is not charged"), transaction.atomic():
        charge(draft, parcel)


def test_a_parcel_is_free_once(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="replacement")
    with pytest.raises(IntegrityError, match="one_live_no_charge_per_shipment"), transaction.atomic():
        NoCharge.objects.create(shipment=parcel, kind="lost")


def test_who_pays_stays_while_a_charge_is_live(draft, other_unit):
    refused("debtor_stays", "UPDATE shipping_shipment SET bill_to_id = %s", other_unit.pk)


@pytest.mark.parametrize("statement", ["TRUNCATE billing_invoice CASCADE", "ALTER TABLE billing_invoice ADD x int",
                                       "DROP TRIGGER invoice_is_final ON billing_invoice"])  # fmt: skip
def test_the_runtime_login_may_neither_truncate_nor_alter(issued, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        sql(statement)
