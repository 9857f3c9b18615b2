import uuid

from django.conf import settings
from django.db import models

from partners.models import Partner


class RequestDraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, of the organisation one acts for."""
        return self.filter(owner=user, partner=user.acting_for) if user.acting_for else self.none()


class RequestDraft(models.Model):
    """A social worker's unfinished form, seen by its owner only: no number, no step."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    proof = models.ForeignKey("documents.StoredFile", models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self):
        return str(self.token)
