from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from records import clock
from shipping.models import Shipment

from .invoice import Invoice, Series


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
        ]

    def __str__(self):
        return f"G-{self.series_id.rpartition('-')[2]}-{self.number:04}"


class CreditLine(models.Model):
    """Takes one whole charge back; CHF."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="credits")
    turn = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    TRIGGERS = {
        "credit_of_an_issued_charge": _("A credit note takes back charges of its own invoice, once it is issued."),
        "credits_a_whole_charge": _("A credit takes back a whole charge."),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_credit_per_turn",
                violation_error_message=_("This charge is credited already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_is_positive"),
        ]

    def __str__(self):
        return f"{self.shipment}: −{self.amount}"
