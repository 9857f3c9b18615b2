from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.lifecycle import InvoiceStatus
from partners.models import Partner
from records import clock
from records.triggers import CompositeKey, RowsStay, Trigger, same_partner
from shipping.models import Shipment

from .invoice import Invoice
from .series import Series


class CreditNote(models.Model):
    """A correction of one issued invoice in its own number series; only ever added to."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    series = models.ForeignKey(Series, models.PROTECT, related_name="credit_notes")
    number = models.PositiveBigIntegerField()
    issued_on = models.DateField(default=clock.today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="credit_number_once_per_series",
                violation_error_message=_("This number is taken already."),
            ),
            models.UniqueConstraint(fields=["id", "partner"], name="credit_note_with_partner"),
            same_partner("invoice", "billing.Invoice", name="credit_note_of_its_partner"),
            RowsStay(name="billing_creditnote_stays"),
        ]

    def __str__(self) -> str:
        return f"G-{self.series_id.rpartition('-')[2]}-{self.number:04}"


# The parcel is then of the same partner, too: of its line's, that of its invoice's, and that of the note's.
CREDIT_OF_AN_ISSUED_CHARGE = Trigger(
    name="credit_of_an_issued_charge",
    when="BEFORE INSERT",
    body=f"""
BEGIN
  IF NOT EXISTS (SELECT 1 FROM billing_chargeline c JOIN billing_invoice i ON i.id = c.invoice_id
                 JOIN billing_creditnote n ON n.invoice_id = i.id
                 WHERE n.id = NEW.credit_note_id AND c.shipment_id = NEW.shipment_id AND c.turn = NEW.turn
                   AND i.status = '{InvoiceStatus.ISSUED}') THEN
    RAISE EXCEPTION 'only an issued charge of its own invoice can be credited'
      USING ERRCODE = '23001', CONSTRAINT = 'credit_of_an_issued_charge';
  END IF;
  RETURN NEW;
END
""",
    refusals={
        "credit_of_an_issued_charge": _("A credit note takes back charges of its own invoice, once it is issued."),
    },
)


class CreditLine(models.Model):
    """Takes one whole charge back; CHF."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="credits")
    turn = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_credit_per_turn",
                violation_error_message=_("This charge is credited already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_is_positive"),
            CompositeKey(
                name="credits_a_whole_charge",
                fields=["shipment", "turn", "amount"],
                to="billing.ChargeLine",
                to_fields=["shipment", "turn", "amount"],
                violation_error_message=_("A credit takes back a whole charge."),
            ),
            same_partner("credit_note", "billing.CreditNote", name="credit_of_its_partner"),
            CREDIT_OF_AN_ISSUED_CHARGE,
            RowsStay(name="billing_creditline_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment}: −{self.amount}"
