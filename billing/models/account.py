from datetime import date
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.ibans import IBAN, QR_IBAN, in_fours
from people.models import User
from records import clock
from records.triggers import Trigger

Dated = TypeVar("Dated", bound=models.Model)
CONFIRMED_STAYS = _("What a second person has confirmed stays as it is. Propose another one from a day on.")


class DatedQuerySet(models.QuerySet[Dated]):
    def confirmed(self) -> Self:
        """What holds from its day on: seen by two, or there from the beginning."""
        return self.filter(confirmed_at__isnull=False)

    def proposed(self) -> Self:
        """What waits for a second person."""
        return self.filter(confirmed_at=None)

    def visible_to(self, user: User) -> Self:
        return self if user.has_role("treasurer", "admin") else self.none()

    def on(self, day: date | None = None) -> Dated | None:
        """The row that holds on a day, today by default; None if there is none."""
        return self.confirmed().filter(valid_from__lte=day or clock.today()).order_by("-valid_from", "-pk").first()


def confirmed_stays(name: str, *columns: str) -> Trigger:
    """Refuse to change these columns once somebody has confirmed them."""
    return Trigger(
        name=name,
        when=f"BEFORE UPDATE OF {', '.join(columns)}",
        body=f"""
BEGIN
  IF OLD.confirmed_at IS NOT NULL THEN
    RAISE EXCEPTION 'what was confirmed stays' USING ERRCODE = '23514', CONSTRAINT = '{name}';
  END IF;
  RETURN NEW;
END
""",
        refusals={name: CONFIRMED_STAYS},
    )


def seen_by_two(name: str) -> models.CheckConstraint:
    """What somebody has proposed is confirmed by somebody else."""
    return models.CheckConstraint(
        condition=Q(proposed_by=None)
        | Q(confirmed_at=None, confirmed_by=None)
        | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by"))),
        name=name,
        violation_error_message=_("A second person confirms it, not the one who proposed it."),
    )


class DatedRecord(models.Model):
    """What holds from a day on, once a second person has confirmed it; who proposed it is empty for the first ones."""

    valid_from = models.DateField(_("From"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, default=clock.now)

    class Meta:
        abstract = True


class CreditorAccountQuerySet(DatedQuerySet["CreditorAccount"]):
    def on(self, day: date | None = None) -> "CreditorAccount | None":
        """The account that holds on a day; None after the last one was given up."""
        day = day or clock.today()
        return DatedQuerySet.on(self.exclude(valid_to__lte=day), day)

    def our_ibans(self) -> dict[str, str]:
        """Every IBAN that was ever ours, ordinary or QR, with the ordinary one that it belonged to first."""
        rows = self.confirmed().order_by("-valid_from")
        return {iban: row.iban for row in rows for iban in (row.iban, row.qr_iban)}


class CreditorAccount(DatedRecord):
    """The association's bank account from a day on: QR-IBAN for references, ordinary IBAN for statements.

    `valid_to` is the first day it no longer holds.
    """

    iban = models.CharField(_("IBAN"), max_length=21)
    qr_iban = models.CharField(_("QR-IBAN"), max_length=21)
    reference_prefix = models.CharField(_("Prefix of the references"), max_length=10, blank=True)
    valid_to = models.DateField(null=True)

    objects = CreditorAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="one_account_per_day",
                violation_error_message=_("For this day there is a row already."),
            ),
            models.CheckConstraint(
                condition=Q(iban__regex=IBAN, qr_iban__regex=QR_IBAN), name="account_has_an_iban_and_a_qr_iban"
            ),
            models.CheckConstraint(
                condition=Q(reference_prefix__regex=r"^[0-9]{0,10}$"),
                name="prefix_is_digits",
                violation_error_message=_("A prefix has digits only, at most ten."),
            ),
            seen_by_two("an_account_is_seen_by_two"),
            confirmed_stays("a_confirmed_account_stays", "iban", "qr_iban", "reference_prefix", "valid_from"),
        ]

    def __str__(self) -> str:
        return self.iban

    @property
    def printed_ibans(self) -> tuple[str, str]:
        """Both as on paper, in fours: the ordinary one and the QR-IBAN."""
        return in_fours(self.iban), in_fours(self.qr_iban)


class VatStatus(DatedRecord):
    """Whether the association is registered for VAT from a day on: number and rate, empty while it is not."""

    number = models.CharField(_("VAT number"), max_length=20, blank=True)
    rate = models.DecimalField(_("Rate in percent"), max_digits=4, decimal_places=1, null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="one_vat_status_per_day",
                violation_error_message=_("For this day there is a row already."),
            ),
            models.CheckConstraint(
                condition=Q(number="", rate__isnull=True) | (~Q(number="") & Q(rate__isnull=False)),
                name="vat_number_comes_with_a_rate",
                violation_error_message=_("A number comes with a rate; without registration both stay empty."),
            ),
            seen_by_two("a_vat_status_is_seen_by_two"),
            confirmed_stays("a_confirmed_vat_status_stays", "number", "rate", "valid_from"),
        ]

    def __str__(self) -> str:
        return self.number or "–"
