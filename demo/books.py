"""Three closed months of invoices: drafted from the parcels, issued with numbers in order, most of them paid."""

import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import NamedTuple, cast

from django.db import connection

from billing import camt
from billing.actions.issuing import DAYS_TO_PAY
from billing.models import (
    BankFile,
    BankTransaction,
    CreditorAccount,
    Invoice,
    Payment,
    Series,
    VatStatus,
)
from billing.periods import completed_period, cut_off, month_after
from billing.references import public_number, qr_reference
from billing.snapshot import creditor_snapshot, vat_of
from people.models import User

from .hours import Calendar
from .writing import Told, write

MONDAY = 0
ISSUING_DAY = 3  # working day of the next month
HELD_BACK = timedelta(days=14)
EVERY, HELD, KEPT = 60, {4, 7, 21, 38}, {2}  # of the last closed period: issued later than the rest, still a draft
# What invoices come to, in turn: parts of the total, each with the working days after which it is paid.
WHOLE, IN_TWO, IN_PART, NOTHING = "whole", "in two", "in part", "nothing"
FATES = (WHOLE, WHOLE, IN_PART, WHOLE, WHOLE, WHOLE, IN_TWO, WHOLE, WHOLE, NOTHING, WHOLE, WHOLE, WHOLE, WHOLE)
FATES_OF_HELD = (IN_PART, NOTHING, WHOLE, NOTHING)

# Which close takes which parcel; half of the lost and returned ones were made free in time.
CHARGED = """
CREATE TEMP TABLE charged ON COMMIT DROP AS
SELECT s.shipment_id, s.partner, s.bill_to, s.price, s.handed_over_at, closing.*,
       s.status IN ('lost', 'returned') AND mod(s.n, 2) = 0
         AND (closing.closed_at IS NULL OR s.ended_at + interval '2 hours' < closing.closed_at) AS is_free,
       s.status, s.ended_at
FROM story s JOIN partners_billto b ON b.id = s.bill_to
LEFT JOIN LATERAL (
  SELECT * FROM closing c WHERE c.cadence = b.cadence AND c.cut_off > s.handed_over_at ORDER BY c.cut_off LIMIT 1
) closing ON true
WHERE s.handed_over_at IS NOT NULL;
INSERT INTO billing_nocharge (shipment_id, kind, reason_code, by_id, at)
SELECT shipment_id, status, '', %(treasurer)s, ended_at + interval '2 hours' FROM charged WHERE is_free
ORDER BY ended_at;
DELETE FROM charged WHERE is_free OR closed_at IS NULL;
ANALYZE charged;
INSERT INTO billing_invoice (partner_id, bill_to_id, period, status, total)
SELECT partner, bill_to, period, 'draft', sum(price) FROM charged
GROUP BY partner, bill_to, period, closed_at ORDER BY closed_at, bill_to;
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT i.id, c.partner, c.shipment_id, 0, c.price
FROM charged c JOIN billing_invoice i ON i.bill_to_id = c.bill_to AND i.period = c.period
ORDER BY i.id, c.handed_over_at, c.shipment_id;
INSERT INTO billing_close (bill_to_id, cut_off, at, by_id)
SELECT DISTINCT bill_to, cut_off, closed_at, %(treasurer)s FROM charged ORDER BY closed_at, bill_to
"""

# The snapshot is what `billing.actions.issue` freezes; a test holds the two against each other.
ISSUED = """
UPDATE billing_invoice i SET
  status = 'issued', series_id = d.series, first = 1, number = d.number, issued_on = d.issued_on, due_on = d.due_on,
  reference = d.reference,
  snapshot = jsonb_build_object(
    'number', d.public_number, 'language', b.language, 'window', 'right', 'issued_on', d.issued_on, 'due_on', d.due_on,
    'period', i.period, 'period_kind', b.cadence, 'creditor', %(creditor)s::jsonb,
    'bill_to', jsonb_build_object(
      'name', b.name, 'department', b.department, 'street', b.street, 'house_number', b.house_number,
      'postcode', b.postcode, 'town', b.town, 'country', b.country, 'cost_centre', b.cost_centre,
      'order_number', b.order_number, 'supplier_number', b.supplier_number),
    'contact', %(contact)s::text, 'reference', d.reference, 'lines', printed.lines, 'total', i.total::text,
    'vat', %(vat)s::jsonb)
FROM issued d, partners_billto b, (
  SELECT c.invoice_id, jsonb_agg(jsonb_build_object(
      'sent_on', (s.handed_over_at AT TIME ZONE 'Europe/Zurich')::date, 'case_reference', s.case_reference,
      'request', s.number, 'device', s.device_number, 'kind', 'laptop', 'amount', c.amount::text
    ) ORDER BY s.handed_over_at, c.id) AS lines
  FROM billing_chargeline c JOIN story s ON s.shipment_id = c.shipment_id GROUP BY c.invoice_id
) printed
WHERE i.id = d.invoice_id AND b.id = i.bill_to_id AND printed.invoice_id = i.id
"""


class Closing(NamedTuple):
    """One row of the table `closing`: when a month was closed and issued for bill-to units of a cadence."""

    cadence: str
    period: date
    cut_off: datetime
    closed_at: datetime
    issued_at: datetime


class Issued(NamedTuple):
    """One row of the table `issued`; `settled_at` is when the last franc was booked."""

    invoice_id: int
    series: str
    number: int
    public_number: str
    reference: str
    issued_at: datetime
    issued_on: date
    due_on: date
    by_id: int
    settled_at: datetime | None


def _told(table, rows):
    told = Told(table, type(rows[0]))
    for row in rows:
        told.write(row)
    with connection.cursor() as cursor:
        told.copy(cursor)


def closings(rng: Random, calendar: Calendar) -> list[Closing]:
    """The closes that were, early in the month after each."""
    found = []
    for month in calendar.closed_months:
        day = calendar.working_day_of(month_after(month), ISSUING_DAY)
        closed_at, issued_at = calendar.moment(rng, day, 8.5, 9), calendar.moment(rng, day, 9.5, 11)
        for cadence in ("month", "quarter"):
            if cut_off(month, cadence) == cut_off(month):  # a quarter with its last month
                found.append(Closing(cadence, completed_period(month, cadence), cut_off(month), closed_at, issued_at))
    return found


def draft(rng: Random, calendar: Calendar, treasurer: User) -> None:
    """Draft the closed months."""
    _told("closing", closings(rng, calendar))
    write(CHARGED, treasurer=treasurer.pk)


def issue_and_pay(rng: Random, calendar: Calendar, treasurer: User) -> list[int]:
    """Issue all drafts but a few and book the bank's files; gives the issued invoices' keys, the last first."""
    # `load_demo` refuses to begin without one.
    account = cast(CreditorAccount, CreditorAccount.objects.on(calendar.today))
    due = _number(_moments(rng, calendar), treasurer, account)
    bank = _Bank(rng, calendar, treasurer, account)
    rows = [invoice._replace(settled_at=bank.pay(invoice, total, debtor)) for invoice, total, debtor in due]
    last: Counter[str] = Counter()
    for row in rows:
        last[row.series] = max(last[row.series], row.number)
    Series.objects.bulk_create(Series(name=name, last=number) for name, number in last.items())
    _told("issued", rows)
    write(
        ISSUED,
        creditor=json.dumps(creditor_snapshot(account)),
        contact=treasurer.name,
        vat=json.dumps(vat_of(VatStatus.objects.on(calendar.today))),
    )
    bank.hand_in()
    return [row.invoice_id for row in reversed(rows)]


def _moments(rng, calendar):
    """When each draft was issued, the earliest first: (issued_at, invoice, total, debtor)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.total, b.name, c.issued_at FROM billing_invoice i"
            " JOIN partners_billto b ON b.id = i.bill_to_id"
            " JOIN closing c ON c.cadence = b.cadence AND c.period = i.period ORDER BY i.id"
        )
        drafts = cursor.fetchall()
    last_issued = max(issued_at for *_draft, issued_at in drafts)
    held_until = calendar.place_of(calendar.today - HELD_BACK)
    found, turn = [], 0
    for key, total, debtor, issued_at in drafts:
        if issued_at == last_issued:
            turn += 1
            if turn % EVERY in KEPT:
                continue
            if turn % EVERY in HELD:
                later = calendar.moment(rng, min(held_until, calendar.last), 11, 16)
                found.append((max(later, issued_at + timedelta(minutes=turn)), key, total, debtor))
                continue
        found.append((issued_at, key, total, debtor))
    return sorted(found)


def _number(moments, treasurer, account):
    """Numbers and references in the order of issue; each year has a series of its own."""
    numbers, found = Counter(), []
    for issued_at, key, total, debtor in moments:
        year = issued_at.year
        numbers[year] += 1
        number, issued_on = numbers[year], issued_at.date()
        row = Issued(
            key,
            f"invoice-{year}",
            number,
            public_number(year, number),
            qr_reference(account.reference_prefix, year, number),
            issued_at,
            issued_on,
            issued_on + timedelta(days=DAYS_TO_PAY),
            treasurer.pk,
            None,
        )
        found.append((row, total, debtor))
    return found


class _Bank:
    """Who pays when, and the files that say so: one a week, imported on Monday mornings."""

    def __init__(self, rng, calendar, treasurer, account):
        self.rng, self.calendar, self.treasurer, self.account = rng, calendar, treasurer, account
        self.mondays = [place for place, day in enumerate(calendar.days) if day.weekday() == MONDAY]
        self.files = defaultdict(list)  # place of the Monday: transactions with their invoices
        self.settled = []
        self.fates, self.fates_of_held = cycle(FATES), cycle(FATES_OF_HELD)

    def pay(self, invoice, total, debtor):
        """Most pay in time, some late, in part or not at all; says when the invoice was settled, if it was."""
        day = self.calendar.place_of(invoice.issued_on)
        is_young = invoice.issued_on >= self.calendar.today - timedelta(days=DAYS_TO_PAY)
        fate = next(self.fates_of_held if is_young else self.fates)
        soon = 2 if is_young else self.rng.randrange(7, 24)
        part = max(total - 150, total / 2)
        ways = {
            WHOLE: [(total, soon)],
            IN_TWO: [(part, soon), (total - part, soon + 5)],
            IN_PART: [(part, soon)],
            NOTHING: [],
        }
        paid, at = Decimal(0), None
        for amount, after in ways[fate]:
            imported_at = self._book(day + after, amount, debtor, invoice.reference, pays=invoice.invoice_id)
            if imported_at:
                paid, at = paid + amount, imported_at
        if paid < total:
            return None
        self.settled.append((invoice, total, debtor))
        return at

    def _book(self, place, amount, debtor, reference, *, pays=None, finding="exact"):
        monday = next((monday for monday in self.mondays if monday > place), None)
        if monday is None:  # it is on the account, but its file is not imported yet
            return None
        booked_on = self.calendar.days[place]
        transaction = BankTransaction(
            account=self.account.iban,
            amount=amount,
            currency=camt.OURS,
            booked_on=booked_on,
            reference=reference,
            identity=f"transaction:{booked_on:%Y%m%d}{place:04}{len(self.files[monday]):06}|{amount}|{reference}",
            debtor_name=debtor,
            finding=finding,
        )
        self.files[monday].append((transaction, pays))
        return self._imported_at(monday)

    def _imported_at(self, monday):
        return self.calendar.moment(Random(monday), monday, 8.25, 9.5)

    def hand_in(self):
        """Write the files; the last one holds two transactions that a person must look at."""
        last = self.mondays[-1] - 1
        if self.settled:
            twice, total, debtor = self.settled[0]
            self._book(last, total, debtor, twice.reference, finding="more")
        unknown = qr_reference(self.account.reference_prefix, 2019, 4711)
        self._book(last, Decimal("150.00"), "Gemeinde Hinterthal", unknown, finding="unknown")
        for monday, rows in sorted(self.files.items()):
            self._write(monday, rows)

    def _write(self, monday, rows):
        day, at = self.calendar.days[monday], self._imported_at(monday)
        name = f"camt.054_{day:%Y%m%d}.xml"
        booked = sum(1 for _transaction, invoice in rows if invoice)
        bank_file = BankFile.objects.create(
            name=name,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            kind=camt.NOTIFICATION,
            message_id=f"DEMO-{day:%Y%m%d}",
            booked=booked,
            known=0,
            for_a_person=len(rows) - booked,
            by=self.treasurer,
            at=at,
        )
        for transaction, _invoice in rows:
            transaction.file = bank_file
        BankTransaction.objects.bulk_create([transaction for transaction, _invoice in rows], 1000)
        payments = (
            Payment(
                invoice_id=invoice,
                transaction=transaction,
                amount=transaction.amount,
                paid_on=transaction.booked_on,
                at=at,
                by=self.treasurer,
            )
            for transaction, invoice in rows
            if invoice
        )
        Payment.objects.bulk_create(payments, 1000)


def newest(keys: list[int], number: int) -> list[Invoice]:
    """The invoices issued last."""
    return list(Invoice.objects.filter(pk__in=keys[:number]).order_by("pk"))
