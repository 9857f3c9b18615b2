"""The rows that triggers keep say what the books say, whatever is done to these and in whatever order."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection, connections

from billing import actions
from billing.models import ChargeLine, CreditLine, CreditNote, Invoice, NoCharge, OpenInvoice, Payment, Series
from billing.models import UnchargedParcel as Uncharged
from shipping.models import Shipment

OCTOBER, DAY = date(2026, 10, 1), "2026-11-12"
# Worked out from everything that was ever booked, both ways round.
UNCHARGED = """
SELECT id, bill_to_id, handed_over_at, price, status IN ('returned', 'lost') FROM shipping_shipment s
WHERE handed_over_at IS NOT NULL
  AND (SELECT count(*) FROM billing_chargeline WHERE shipment_id = s.id)
      = (SELECT count(*) FROM billing_creditline WHERE shipment_id = s.id)
  AND s.id NOT IN (SELECT shipment_id FROM billing_nocharge WHERE revoked_at IS NULL)
"""
OPEN = """
SELECT i.id, COALESCE(sum(p.amount), 0) FROM billing_invoice i LEFT JOIN billing_payment p ON p.invoice_id = i.id
WHERE i.status = 'issued' GROUP BY i.id HAVING COALESCE(sum(p.amount), 0) < i.total
"""


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())


def assert_as_the_books_say():
    kept = "SELECT shipment_id, bill_to_id, handed_over_at, price, is_undecided FROM billing_unchargedparcel"
    assert rows(kept) == rows(UNCHARGED)
    assert rows("SELECT invoice_id, paid FROM billing_openinvoice") == rows(OPEN)


def waits(parcel):
    """Whether the parcel is still to be charged; the books are asked, too."""
    assert_as_the_books_say()
    return Uncharged.objects.filter(shipment=parcel).exists()


def is_undecided(parcel):
    """Whether the parcel came back or got lost and is still to be charged; the books are asked, too."""
    assert_as_the_books_say()
    return Uncharged.objects.filter(shipment=parcel, is_undecided=True).exists()


def paid(invoice):
    """What was paid of an invoice that is open; None if it isn't."""
    assert_as_the_books_say()
    return OpenInvoice.objects.filter(invoice=invoice).values_list("paid", flat=True).first()


def credit(invoice, parcel, user, turn=0):
    Series.objects.get_or_create(name="credit-2026")
    note = CreditNote.objects.create(
        partner=invoice.partner, invoice=invoice, series_id="credit-2026", number=turn + 1, by=user
    )
    CreditLine.objects.create(credit_note=note, partner=invoice.partner, shipment=parcel, turn=turn, amount=150)


@pytest.mark.django_db
def test_a_parcel_waits_from_hand_over_until_it_is_charged_and_again_after_a_credit(
    bill_to, make_parcel, account, treasurer
):
    parcel = make_parcel(bill_to)
    assert waits(parcel)
    draft = actions.close_bill_to(bill_to, OCTOBER, by=treasurer)
    assert not waits(parcel)
    actions.discard(draft, by=treasurer)
    assert waits(parcel)
    draft = actions.close_bill_to(bill_to, OCTOBER, by=treasurer)
    actions.issue(draft, by=treasurer)
    assert not waits(parcel)
    credit(draft, parcel, treasurer)
    assert waits(parcel)
    again = actions.close_bill_to(bill_to, OCTOBER, by=treasurer)
    assert list(again.lines.values_list("turn", flat=True)) == [1]
    assert not waits(parcel)


@pytest.mark.django_db
def test_a_free_parcel_waits_no_longer_until_that_is_revoked(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    NoCharge.objects.create(shipment=parcel, kind="goodwill", at="2026-10-21T08:00Z")
    assert not waits(parcel)
    NoCharge.objects.update(revoked_at="2026-10-22T08:00Z")
    assert waits(parcel)
    NoCharge.objects.create(
        shipment=parcel, kind="lost", at="2026-10-21T08:00Z", revoked_at="2026-10-22T08:00Z"
    )  # never held
    assert waits(parcel)


@pytest.mark.django_db
def test_a_parcel_that_waits_says_what_the_parcel_says(bill_to, other_unit, make_parcel):
    parcel = make_parcel(bill_to)
    found = Shipment.objects.filter(pk=parcel.pk)
    found.update(bill_to=other_unit)
    assert waits(parcel)
    found.update(price=90, handed_over_at="2026-10-19T08:00Z")
    assert waits(parcel)
    found.update(status="delivered")
    assert waits(parcel)
    found.update(status="labelled", handed_over_at=None, handed_over_noted_at=None, bill_to=None, price=None)
    assert not waits(parcel)


@pytest.mark.django_db
def test_a_parcel_is_undecided_from_its_return_or_loss_until_it_is_free_or_found(bill_to, make_parcel):
    parcel = make_parcel(bill_to)
    found = Shipment.objects.filter(pk=parcel.pk)
    assert not is_undecided(parcel)
    for status, undecided in (("lost", True), ("delivered", False), ("returned", True)):
        found.update(status=status)
        assert is_undecided(parcel) == undecided
    NoCharge.objects.create(shipment=parcel, kind="returned", at="2026-10-21T08:00Z")
    assert not is_undecided(parcel)
    NoCharge.objects.update(revoked_at="2026-10-22T08:00Z")
    assert is_undecided(parcel)


@pytest.mark.django_db(transaction=True)
def test_a_parcel_that_comes_back_while_its_charge_is_discarded_is_undecided(bill_to, make_parcel, meanwhile):
    parcel = make_parcel(bill_to)
    draft = Invoice.objects.create(partner=bill_to.partner, bill_to=bill_to, period=OCTOBER)
    ChargeLine.objects.create(invoice=draft, partner=bill_to.partner, shipment=parcel, amount=150)
    found = Shipment.objects.filter(pk=parcel.pk)
    meanwhile(ChargeLine.objects.all().delete, lambda: found.update(status="returned"))
    assert is_undecided(parcel)
    found.update(status="delivered")
    ChargeLine.objects.create(invoice=draft, partner=bill_to.partner, shipment=parcel, amount=150)
    meanwhile(lambda: found.update(status="lost"), ChargeLine.objects.all().delete)
    assert is_undecided(parcel)


@pytest.mark.django_db
def test_a_line_that_is_moved_to_another_parcel_leaves_its_own_behind(bill_to, make_parcel):
    first, second = make_parcel(bill_to), make_parcel(bill_to)
    draft = Invoice.objects.create(partner=bill_to.partner, bill_to=bill_to, period=OCTOBER)
    ChargeLine.objects.create(invoice=draft, partner=bill_to.partner, shipment=first, amount=150)
    assert (waits(first), waits(second)) == (False, True)
    ChargeLine.objects.update(shipment=second)
    assert (waits(first), waits(second)) == (True, False)


@pytest.mark.django_db
def test_an_invoice_is_open_from_issue_until_it_is_paid_and_again_when_money_goes_back(
    bill_to, make_draft, account, treasurer
):
    draft = make_draft(bill_to)
    assert paid(draft) is None
    actions.issue(draft, by=treasurer)
    assert paid(draft) == 0
    for amount, left in ((50, 50), (99, 149), (1, None), (-1, 149), (2, None), (-151, 0)):
        Payment.objects.create(invoice=draft, amount=amount, paid_on=DAY)
        assert paid(draft) == left


@pytest.mark.django_db
def test_many_payments_at_once_are_one_look_at_their_invoices(bill_to, other_unit, make_issued):
    first, second = make_issued(bill_to), make_issued(other_unit)
    amounts = ((first, 75), (second, 150), (first, 25))
    Payment.objects.bulk_create(Payment(invoice=one, amount=amount, paid_on=DAY) for one, amount in amounts)
    assert (paid(first), paid(second)) == (100, None)


@pytest.mark.django_db(transaction=True)
def test_of_two_payments_at_once_the_second_sees_the_first(bill_to, make_issued, meanwhile):
    invoice = make_issued(bill_to)
    first, second = (lambda: Payment.objects.create(invoice=invoice, amount=75, paid_on=DAY) for _payment in "12")
    meanwhile(first, second)
    assert paid(invoice) is None


@pytest.mark.django_db(transaction=True)
def test_a_parcel_charged_while_its_hand_over_is_undone_waits_no_longer(bill_to, make_parcel, meanwhile):
    """The bill-to stays, so that no other rule holds the two apart."""
    parcel = make_parcel(bill_to)
    draft = Invoice.objects.create(partner=bill_to.partner, bill_to=bill_to, period=OCTOBER)
    undone = {"status": "labelled", "handed_over_at": None}
    out = {"status": "handed_over", "handed_over_at": parcel.handed_over_at}
    found = Shipment.objects.filter(pk=parcel.pk)
    found.update(**undone)
    assert not waits(parcel)
    meanwhile(
        lambda: ChargeLine.objects.create(invoice=draft, partner=bill_to.partner, shipment=parcel, amount=150),
        lambda: found.update(**out),
    )
    assert not waits(parcel)
    meanwhile(ChargeLine.objects.all().delete, lambda: found.update(**undone))
    assert not waits(parcel)


@pytest.mark.django_db(transaction=True)
def test_what_was_open_before_there_were_such_rows_is_found(bill_to, other_unit, make_parcel, make_issued):
    half, whole = make_issued(bill_to), make_issued(other_unit)
    Payment.objects.create(invoice=half, amount=50, paid_on=DAY)
    Payment.objects.create(invoice=whole, amount=150, paid_on=DAY)
    free, waiting, back = make_parcel(bill_to), make_parcel(bill_to), make_parcel(bill_to)
    NoCharge.objects.create(shipment=free, kind="goodwill")
    Shipment.objects.filter(pk=back.pk).update(status="returned")
    found = import_module("billing.migrations.0003_what_is_open_is_found").FIND
    found += import_module("billing.migrations.0005_undecided_is_kept").FIND
    tables = ("billing_unchargedparcel", "billing_openinvoice")
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"{found} SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert (waits(waiting), waits(free), paid(half), paid(whole)) == (True, False, 50, None)
    assert is_undecided(back)
