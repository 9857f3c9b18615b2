from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import User
from records import clock
from records.triggers import RowsStay

from .partner import Partner


class PartnerNoteQuerySet(models.QuerySet["PartnerNote"]):
    def visible_to(self, user: User) -> Self:
        """The association's people who read organisations; never an organisation."""
        reads = user.has_role("admin", "dispatcher", "treasurer", "auditor")
        return self if reads and not user.acting_for else self.none()


class PartnerNote(models.Model):
    """What the association keeps in mind of an organisation: it never reads it. A note stays, and can be struck out."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="association_notes")
    text = models.TextField(_("Note"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    struck_at = models.DateTimeField(null=True)

    objects = PartnerNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [RowsStay(name="partners_partnernote_stays", fields=["partner", "text", "by", "at"])]

    def __str__(self) -> str:
        return f"{self.partner}, {self.at:%Y-%m-%d}"
