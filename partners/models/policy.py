from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records import clock
from records.policy import PolicyManager
from records.triggers import RowsStay


class Policy(models.Model):
    """What the association may set about its work with organisations: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    team_mailbox = models.EmailField(_("The team’s mailbox"), blank=True)

    objects = PolicyManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_policy_for_partners")]

    def __str__(self) -> str:
        return self.team_mailbox

    @property
    def address(self) -> str:
        """Where mails to the team go: its mailbox, or the association's address as long as none is set."""
        return self.team_mailbox or settings.ASSOCIATION["email"]


class PolicyChange(models.Model):
    """Who changed what of the policy, and when."""

    field = models.CharField(max_length=40)
    before = models.CharField(max_length=254, blank=True)
    after = models.CharField(max_length=254, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [RowsStay(name="partners_policychange_stays")]

    def __str__(self) -> str:
        return f"{self.field}: {self.after}"

    @property
    def name(self) -> Any:
        return Policy._meta.get_field(self.field).verbose_name  # type: ignore[union-attr]  # a column
