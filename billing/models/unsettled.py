"""What is not settled yet: the parcels to be charged, and the invoices with something left to pay.

Triggers keep these rows, so that no page works them out from all that was ever charged and paid. Whoever changes
something of a parcel or an invoice holds its row before looking how it stands: the last one to look sees everything.
"""

from collections.abc import Sequence

from django.db import models

from billing.lifecycle import InvoiceStatus
from partners.models import BillTo
from records.triggers import FORBIDDEN, Trigger, quoted
from shipping.lifecycle import UNDECIDED
from shipping.models import Shipment

from .invoice import Invoice

INSERT = "AFTER INSERT REFERENCING NEW TABLE AS new_rows"
UPDATE = "AFTER UPDATE REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows"
DELETE = "AFTER DELETE REFERENCING OLD TABLE AS old_rows"
IS_UNDECIDED = f"status IN ({quoted(UNDECIDED)})"
KEEP_UNCHARGED = f"""
  PERFORM 1 FROM shipping_shipment WHERE id IN (SELECT unnest(touched)) ORDER BY id FOR NO KEY UPDATE;
  DELETE FROM billing_unchargedparcel WHERE shipment_id IN (SELECT unnest(touched));
  INSERT INTO billing_unchargedparcel (shipment_id, bill_to_id, handed_over_at, price, is_undecided)
  SELECT s.id, s.bill_to_id, s.handed_over_at, s.price, s.{IS_UNDECIDED} FROM shipping_shipment s
  WHERE s.id IN (SELECT unnest(touched)) AND s.handed_over_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
                    WHERE c.shipment_id = s.id AND k.shipment_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM billing_nocharge n WHERE n.shipment_id = s.id AND n.revoked_at IS NULL);
"""
KEEP_OPEN = f"""
  PERFORM 1 FROM billing_invoice WHERE id IN (SELECT unnest(touched)) ORDER BY id FOR NO KEY UPDATE;
  DELETE FROM billing_openinvoice WHERE invoice_id IN (SELECT unnest(touched));
  INSERT INTO billing_openinvoice (invoice_id, paid)
  SELECT i.id, booked.paid FROM billing_invoice i
  CROSS JOIN LATERAL (SELECT COALESCE(sum(p.amount), 0) AS paid FROM billing_payment p WHERE p.invoice_id = i.id) booked
  WHERE i.id IN (SELECT unnest(touched)) AND i.status = '{InvoiceStatus.ISSUED}' AND booked.paid < i.total;
"""


def kept(name: str, keep: str, *, on: str, when: Sequence[str], columns: Sequence[str]) -> Trigger:
    """Look again at what a statement has touched, whose keys stand in the first of the columns.

    Of an update, only rows that differ in one of them. Once per statement, so that a close stays set-based.
    """
    key, compared = columns[0], ", ".join(columns)
    return Trigger(
        name=name,
        on=on,
        when=when,
        body=f"""
DECLARE
  touched bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN SELECT array_agg(DISTINCT {key}) INTO touched FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN SELECT array_agg(DISTINCT {key}) INTO touched FROM old_rows;
  ELSE SELECT array_agg(DISTINCT {key}) INTO touched FROM (
    (SELECT {compared} FROM new_rows EXCEPT SELECT {compared} FROM old_rows)
    UNION ALL (SELECT {compared} FROM old_rows EXCEPT SELECT {compared} FROM new_rows)) changed;
  END IF;
  IF touched IS NULL THEN RETURN NULL; END IF;
  {keep.strip()}
  RETURN NULL;
END
""",
    )


def kept_by_triggers_only(name: str) -> Trigger:
    """Refuse what is not written by another trigger: the rows follow from the books, and can't say otherwise."""
    return Trigger(
        name=name,
        when=[INSERT, UPDATE, DELETE],
        body=f"""
BEGIN
  IF pg_trigger_depth() = 1 THEN
    RAISE EXCEPTION 'these rows are kept by triggers' USING ERRCODE = '23001', CONSTRAINT = '{name}';
  END IF;
  RETURN NULL;
END
""",
        refusals={name: FORBIDDEN},
    )


class UnchargedParcel(models.Model):
    """A parcel that is to be charged: handed over, with neither a live charge nor a live NoCharge; price in CHF.

    It repeats of the parcel what a close looks for, so that no other parcel is read. Undecided is one that came back
    or got lost.
    """

    shipment = models.OneToOneField(Shipment, models.PROTECT, primary_key=True, related_name="uncharged")
    bill_to = models.ForeignKey(BillTo, models.PROTECT, related_name="+", db_index=False)
    handed_over_at = models.DateTimeField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    is_undecided = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            kept(
                "uncharged_follows_parcels",
                KEEP_UNCHARGED,
                on="shipping.Shipment",
                when=[INSERT, UPDATE],
                columns=["id", "bill_to_id", "handed_over_at", "price", IS_UNDECIDED],
            ),
            kept(
                "uncharged_follows_charges",
                KEEP_UNCHARGED,
                on="billing.ChargeLine",
                when=[INSERT, UPDATE, DELETE],
                columns=["shipment_id", "turn"],
            ),
            kept(
                "uncharged_follows_credits",
                KEEP_UNCHARGED,
                on="billing.CreditLine",
                when=[INSERT],
                columns=["shipment_id"],
            ),
            kept(
                "uncharged_follows_no_charges",
                KEEP_UNCHARGED,
                on="billing.NoCharge",
                when=[INSERT, UPDATE],
                columns=["shipment_id", "revoked_at"],
            ),
            kept_by_triggers_only("uncharged_follows_the_books"),
        ]
        indexes = [
            models.Index(fields=["bill_to", "handed_over_at"], name="uncharged_of_bill_to"),
            models.Index(fields=["shipment"], condition=models.Q(is_undecided=True), name="uncharged_undecided"),
        ]

    def __str__(self) -> str:
        return str(self.shipment)


class OpenInvoice(models.Model):
    """An issued invoice that is not paid in full, and what was booked for it so far; CHF."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, primary_key=True, related_name="open")
    paid = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            kept("open_follows_issue", KEEP_OPEN, on="billing.Invoice", when=[UPDATE], columns=["id", "status"]),
            kept("open_follows_payments", KEEP_OPEN, on="billing.Payment", when=[INSERT], columns=["invoice_id"]),
            kept_by_triggers_only("open_follows_the_books"),
        ]

    def __str__(self) -> str:
        return str(self.invoice)
