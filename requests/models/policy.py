from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records import clock
from records.policy import PolicyManager
from records.triggers import RowsStay

GUARD_MONTHS = range(6, 61)
ROUND_DAYS = range(1, 61)
ROUND_CAPACITY = range(1, 1001)


class Policy(models.Model):
    """What the association may set about requests: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    guard_months = models.PositiveSmallIntegerField(
        _("Months for which a second request for one person is noticed"),
        default=24,
        validators=[MinValueValidator(GUARD_MONTHS[0]), MaxValueValidator(GUARD_MONTHS[-1])],
    )

    round_first = models.DateField(_("A day on which parcels go out"), default=date(2026, 1, 6))
    round_days = models.PositiveSmallIntegerField(
        _("Days from one round to the next"),
        default=14,
        validators=[MinValueValidator(ROUND_DAYS[0]), MaxValueValidator(ROUND_DAYS[-1])],
    )
    round_capacity = models.PositiveSmallIntegerField(
        _("Parcels a round holds"),
        default=50,
        validators=[MinValueValidator(ROUND_CAPACITY[0]), MaxValueValidator(ROUND_CAPACITY[-1])],
    )

    objects = PolicyManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_policy_for_requests"),
            models.CheckConstraint(
                condition=Q(guard_months__range=(GUARD_MONTHS[0], GUARD_MONTHS[-1])), name="guard_period_is_measured"
            ),
            models.CheckConstraint(
                condition=Q(round_days__range=(ROUND_DAYS[0], ROUND_DAYS[-1]))
                & Q(round_capacity__range=(ROUND_CAPACITY[0], ROUND_CAPACITY[-1])),
                name="rounds_come_and_hold_something",
            ),
        ]

    def __str__(self) -> str:
        return str(self.guard_months)


class PolicyChange(models.Model):
    """Who changed what of the policy, and when."""

    field = models.CharField(max_length=40)
    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [RowsStay(name="requests_policychange_stays")]

    def __str__(self) -> str:
        return f"{self.field}: {self.after}"

    @property
    def name(self) -> Any:
        return Policy._meta.get_field(self.field).verbose_name  # type: ignore[union-attr]  # a column
