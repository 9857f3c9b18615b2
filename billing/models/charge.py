from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from partners.models import BillTo, Partner
from records import clock
from shipping.models import Shipment

from .invoice import Invoice


class ChargeLine(models.Model):
    """What one handed-over parcel costs, on one invoice; CHF.

    `turn` 0 is the first charge; turn n follows credit n − 1.
    """

    invoice = models.ForeignKey(Invoice, models.RESTRICT, related_name="lines")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    shipment = models.ForeignKey(Shipment, models.RESTRICT, related_name="charges")
    turn = models.PositiveSmallIntegerField(default=0)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    credited_turn = models.GeneratedField(
        expression=Case(When(turn__gt=0, then=F("turn") - 1)),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )

    TRIGGERS = {
        "free_or_charged": _("This parcel is free or charged, never both."),
        "rebill_only_after_credit": _("This parcel is charged already. Credit the charge first."),
    }

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_charge_per_turn",
                violation_error_message=_("This parcel is charged already."),
            ),
            models.UniqueConstraint(fields=["shipment", "turn", "amount"], name="charge_with_amount"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_is_positive"),
        ]

    def __str__(self):
        return f"{self.shipment}: {self.amount}"


class NoCharge(models.Model):
    """A decision that a parcel is free, or credited for good; it can be revoked once, and stays."""

    class Kind(models.TextChoices):
        REPLACEMENT = "replacement", _("Replacement")
        RETURNED = "returned", _("Returned")
        LOST = "lost", _("Lost")
        GOODWILL = "goodwill", _("Goodwill")

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="no_charges")
    kind = models.CharField(max_length=20, choices=Kind)
    reason_code = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    TRIGGERS = {"no_charge_stays": _("What makes a parcel free stays as it is; it can be revoked once.")}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_no_charge_per_shipment",
                violation_error_message=_("This parcel is free already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["replacement", "returned", "lost", "goodwill"]), name="no_charge_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("at")), name="no_charge_ends_after_it_began"
            ),
        ]

    def __str__(self):
        return f"{self.shipment}: {self.kind}"


class Close(models.Model):
    """That a bill-to's parcels up to a cut-off were drafted; only ever added to."""

    bill_to = models.ForeignKey(BillTo, models.PROTECT, related_name="closes")
    cut_off = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return f"{self.bill_to} < {self.cut_off}"
