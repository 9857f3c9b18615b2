import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .partner import Partner


class ApiTokenManager(models.Manager):
    def issue(self, *, owner, name, acting_for=None):
        """Make a token and return (row, secret); the secret is shown once and only its hash is kept."""
        secret = f"wg_{secrets.token_urlsafe(32)}"
        row = self.create(owner=owner, name=name, acting_for=acting_for, digest=self.digest(secret))
        return row, secret

    @staticmethod
    def digest(secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    def find(self, secret):
        """The live token with this secret, or None."""
        return (
            self.filter(digest=self.digest(secret), revoked_at__isnull=True)
            .select_related("owner", "acting_for")
            .first()
        )


class ApiToken(models.Model):
    """A program's key: acts as its owner, for one partner or for the association."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens")
    acting_for = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(digest=""), name="token_has_a_digest")]

    def __str__(self):
        return self.name
