from datetime import date
from typing import TypeVar

from django.db import models
from django.db.models import Q

from billing.ibans import IBAN, QR_IBAN
from records import clock

Dated = TypeVar("Dated", bound=models.Model)


class DatedQuerySet(models.QuerySet[Dated]):
    def on(self, day: date | None = None) -> Dated | None:
        """The row that holds on a day, today by default; None if there is none."""
        return self.filter(valid_from__lte=day or clock.today()).order_by("-valid_from", "-pk").first()


class CreditorAccountQuerySet(DatedQuerySet["CreditorAccount"]):
    def on(self, day: date | None = None) -> "CreditorAccount | None":
        """The account that holds on a day; None after the last one was given up."""
        day = day or clock.today()
        return DatedQuerySet.on(self.exclude(valid_to__lte=day), day)

    def our_ibans(self) -> dict[str, str]:
        """Every IBAN that was ever ours, ordinary or QR, with the ordinary one that it belonged to first."""
        return {iban: row.iban for row in self.order_by("-valid_from") for iban in (row.iban, row.qr_iban)}


class CreditorAccount(models.Model):
    """The association's bank account from a day on: QR-IBAN for references, ordinary IBAN for statements.

    `valid_to` is the first day it no longer holds.
    """

    iban = models.CharField(max_length=21)
    qr_iban = models.CharField(max_length=21)
    reference_prefix = models.CharField(max_length=10, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = CreditorAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="one_account_per_day"),
            models.CheckConstraint(
                condition=Q(iban__regex=IBAN, qr_iban__regex=QR_IBAN), name="account_has_an_iban_and_a_qr_iban"
            ),
            models.CheckConstraint(condition=Q(reference_prefix__regex=r"^[0-9]{0,10}$"), name="prefix_is_digits"),
        ]

    def __str__(self) -> str:
        return self.iban


class VatStatus(models.Model):
    """Whether the association is registered for VAT from a day on: number and rate, empty while it is not."""

    number = models.CharField(max_length=20, blank=True)
    rate = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    valid_from = models.DateField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="one_vat_status_per_day"),
            models.CheckConstraint(
                condition=Q(number="", rate__isnull=True) | (~Q(number="") & Q(rate__isnull=False)),
                name="vat_number_comes_with_a_rate",
            ),
        ]

    def __str__(self) -> str:
        return self.number or "–"
