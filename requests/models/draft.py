import uuid

from django.conf import settings
from django.db import models

from partners.models import Partner


class RequestDraft(models.Model):
    """A social worker's unfinished form, seen by its owner only: no number, no step."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    proof = models.ForeignKey("documents.StoredFile", models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self):
        return str(self.token)
