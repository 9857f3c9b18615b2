"""Three closed months of invoices: planned from the parcels, numbered as time goes on, then drafted and issued."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple, cast

from django.db import connection

from billing.actions.issuing import DAYS_TO_PAY
from billing.models import CreditorAccount, Series, VatStatus
from billing.references import public_number, qr_reference
from billing.snapshot import creditor_snapshot, vat_snapshot
from demo.calendar import Calendar
from demo.closings import Closing
from people.models import User

from .tables import copy, run

EVERY, HELD, KEPT = 60, {4, 7, 21, 38}, {2}  # of the last closed month: issued later than the rest, still a draft

# Which close takes which parcel; half of the lost and returned ones were made free in time.
CHARGED = """
CREATE TEMP TABLE charged ON COMMIT DROP AS
SELECT p.key, p.bill_to, closing.cut_off, closing.period, closing.closed_at, closing.issued_at, p.price,
       p.status IN ('lost', 'returned') AND mod(p.key, 2) = 0
         AND (closing.closed_at IS NULL OR p.ended_at + interval '2 hours' < closing.closed_at) AS is_free
FROM planned_request p JOIN partners_billto b ON b.id = p.bill_to
LEFT JOIN LATERAL (
  SELECT * FROM closing c WHERE c.cadence = b.cadence AND c.cut_off > p.handed_over_at ORDER BY c.cut_off LIMIT 1
) closing ON true
WHERE p.handed_over_at IS NOT NULL;

CREATE TEMP TABLE free ON COMMIT DROP AS SELECT key FROM charged WHERE is_free;
DELETE FROM charged WHERE is_free OR closed_at IS NULL;
ANALYZE charged
"""
TOTALS = """
SELECT bill_to, period, issued_at, sum(price) FROM charged
GROUP BY bill_to, period, closed_at, issued_at ORDER BY closed_at, bill_to
"""

DRAFTED = """
INSERT INTO billing_nocharge (shipment_id, kind, reason_code, by_id, at)
SELECT shipment_id, status, '', %(treasurer)s, ended_at + interval '2 hours' FROM request JOIN free USING (key)
ORDER BY ended_at;

INSERT INTO billing_invoice (partner_id, bill_to_id, period, status, total)
SELECT b.partner_id, c.bill_to, c.period, 'draft', sum(c.price)
FROM charged c JOIN partners_billto b ON b.id = c.bill_to
GROUP BY b.partner_id, c.bill_to, c.period, c.closed_at ORDER BY c.closed_at, c.bill_to;

INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT i.id, r.partner, r.shipment_id, 0, c.price
FROM charged c JOIN request r USING (key) JOIN billing_invoice i ON i.bill_to_id = c.bill_to AND i.period = c.period
ORDER BY i.id, r.handed_over_at, r.shipment_id;

INSERT INTO billing_close (bill_to_id, cut_off, at, by_id)
SELECT DISTINCT bill_to, cut_off, closed_at, %(treasurer)s FROM charged ORDER BY closed_at, bill_to
"""

# The snapshot is what `billing.snapshot` builds when an action issues; a test holds the two against each other.
ISSUED = """
CREATE TEMP TABLE issued ON COMMIT DROP AS
SELECT n.*, i.id AS invoice_id FROM invoice_number n
JOIN billing_invoice i ON i.bill_to_id = n.bill_to AND i.period = n.period;

UPDATE billing_invoice i SET
  status = 'issued', series_id = n.series, first = 1, number = n.number, issued_on = n.issued_on, due_on = n.due_on,
  reference = n.reference,
  snapshot = jsonb_build_object(
    'number', n.public_number, 'language', b.language, 'window', 'right', 'issued_on', n.issued_on, 'due_on', n.due_on,
    'period', i.period, 'period_kind', b.cadence, 'creditor', %(creditor)s::jsonb,
    'bill_to', jsonb_build_object(
      'name', b.name, 'department', b.department, 'street', b.street, 'house_number', b.house_number,
      'postcode', b.postcode, 'town', b.town, 'country', b.country, 'cost_centre', b.cost_centre,
      'order_number', b.order_number, 'supplier_number', b.supplier_number),
    'contact', %(contact)s::text, 'reference', n.reference, 'lines', printed.lines,
    'received', printed.received, 'total', i.total::text,
    'vat', %(vat)s::jsonb)
FROM issued n, partners_billto b, (
  SELECT c.invoice_id, jsonb_agg(jsonb_build_object(
      'sent_on', (r.handed_over_at AT TIME ZONE 'Europe/Zurich')::date, 'case_reference', r.case_reference,
      'request', r.number, 'device', r.device_number, 'kind', 'laptop', 'amount', c.amount::text
    ) ORDER BY r.handed_over_at, c.id) AS lines,
    count(*) FILTER (WHERE s.status IN ('handed_over', 'delivered')) AS received
  FROM billing_chargeline c JOIN request r ON r.shipment_id = c.shipment_id
  JOIN shipping_shipment s ON s.id = c.shipment_id GROUP BY c.invoice_id
) printed
WHERE i.id = n.invoice_id AND b.id = i.bill_to_id AND printed.invoice_id = i.id
"""


class PlannedInvoice(NamedTuple):
    """What a bill-to unit owes for a period, and when it is told so."""

    issued_at: datetime
    bill_to: int
    period: date
    total: Decimal


class Numbered(NamedTuple):
    """One row of the table `invoice_number`."""

    bill_to: int
    period: date
    series: str
    number: int
    public_number: str
    reference: str
    issued_at: datetime
    issued_on: date
    due_on: date
    by_id: int


class Invoices:
    """The invoices of the sets: first planned, then numbered as time goes on, in the end written."""

    def __init__(self, rng: Random, calendar: Calendar, closings: list[Closing], treasurer: User) -> None:
        self.treasurer, self.today = treasurer, calendar.today
        # `load_demo` begins with one only.
        self.account = cast(CreditorAccount, CreditorAccount.objects.on(calendar.today))
        copy("closing", Closing, closings)
        run(CHARGED)
        self.waiting = sorted(_planned(rng, calendar), reverse=True)  # the earliest last, to be taken off there
        self.numbered: list[Numbered] = []

    def draw(self, until: datetime) -> None:
        """Draw the numbers of all that is issued up to a moment; each year has a series of its own."""
        while self.waiting and self.waiting[-1].issued_at <= until:
            self.numbered.append(self._number(self.waiting.pop()))

    def _number(self, planned: PlannedInvoice) -> Numbered:
        issued_on = planned.issued_at.date()
        year = issued_on.year
        series, number = Series.objects.draw(year)
        return Numbered(
            planned.bill_to,
            planned.period,
            series.name,
            number,
            public_number(year, number),
            qr_reference(self.account.reference_prefix, year, number),
            planned.issued_at,
            issued_on,
            issued_on + timedelta(days=DAYS_TO_PAY),
            self.treasurer.pk,
        )

    def write(self) -> None:
        """Draft all, and issue all but a few; their parcels are in the books."""
        run(DRAFTED, treasurer=self.treasurer.pk)
        copy("invoice_number", Numbered, self.numbered)
        run(
            ISSUED,
            creditor=json.dumps(creditor_snapshot(self.account)),
            contact=self.treasurer.name,
            vat=json.dumps(vat_snapshot(VatStatus.objects.on(self.today))),
        )


def _planned(rng: Random, calendar: Calendar) -> list[PlannedInvoice]:
    """The invoices with the moment of their issue, without those that stay drafts."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS)
        rows = cursor.fetchall()
    last_issued = max(issued_at for _bill_to, _period, issued_at, _total in rows)
    found, place = [], 0  # among those of the last closed month
    for bill_to, period, closing_day, total in rows:
        issued_at = closing_day
        place += closing_day == last_issued
        if closing_day == last_issued and place % EVERY in KEPT:
            continue
        if closing_day == last_issued and place % EVERY in HELD:
            later = calendar.moment(rng, calendar.held_until, 11, 16)
            issued_at = max(later, closing_day + timedelta(minutes=place))
        found.append(PlannedInvoice(issued_at, bill_to, period, total))
    return found
