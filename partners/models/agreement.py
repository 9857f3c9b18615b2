from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records import clock
from records.triggers import RowsStay

from .partner import Partner


class Agreement(models.Model):
    """A signed framework agreement: version, who signed for the organisation, who countersigned for us."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    version = models.CharField(_("Version"), max_length=20)
    signed_on = models.DateField(_("Signed on"))
    signed_by = models.CharField(_("Signed by"), max_length=100)
    function = models.CharField(_("Function"), max_length=100, blank=True)
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "version"],
                name="one_signature_per_version",
                violation_error_message=_("This version is signed already."),
            ),
            RowsStay(name="partners_agreement_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.version}"


class TariffQuerySet(models.QuerySet["Tariff"]):
    def price_for(self, *, tier: str, delivery: str, on: date | None = None) -> Decimal:
        """The contribution in CHF that holds on a day for a tier and a delivery mode."""
        on = on or clock.today()
        known = self.filter(tier=tier, delivery=delivery, valid_from__lte=on).order_by("-valid_from")
        return known.values_list("amount", flat=True).first() or Decimal(settings.DEFAULT_CONTRIBUTION)


class Tariff(models.Model):
    """What a device costs a partner, by tier and delivery mode, from a day on; CHF."""

    tier = models.CharField(max_length=20, default="standard")
    delivery = models.CharField(max_length=10, choices=Partner.Delivery)
    valid_from = models.DateField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tier", "delivery", "valid_from"], name="one_tariff_per_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tariff_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.tier}, {self.delivery}: CHF {self.amount}"
