from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.lifecycle import READING
from people.models import User
from records import clock
from records.triggers import RowsStay

from .partner import Partner

LASTS = timedelta(hours=1)


class OnBehalfQuerySet(models.QuerySet["OnBehalf"]):
    def live_for(self, user: User, key: object) -> "OnBehalf | None":
        """What this session began, as long as it lasts, the organisation reads and the person is an admin."""
        if not user.has_role("admin") or not isinstance(key, int):
            return None
        recent = self.filter(pk=key, by=user, ended_at__isnull=True, begun_at__gt=clock.now() - LASTS)
        return recent.filter(partner__status__in=READING).select_related("partner").first()

    def not_ended(self) -> Self:
        return self.filter(ended_at__isnull=True)


class OnBehalf(models.Model):
    """That an admin sees and does what an organisation's manager could, for an hour at most, and why."""

    class Reason(models.TextChoices):
        ASKED = "asked", _("We were asked to")
        HELP = "help", _("To help with a question: we look at what they see")
        DATA = "data", _("To correct data")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    begun_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = OnBehalfQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(ended_at__isnull=True), name="one_acts_on_behalf_of_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
                name="on_behalf_ends_after_it_began",
            ),
            RowsStay(name="partners_onbehalf_stays", fields=["partner", "by", "reason", "begun_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.partner}"

    @property
    def ends_at(self) -> datetime:
        return self.begun_at + LASTS
