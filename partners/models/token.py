import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from people.models import User
from records import clock

from .partner import Membership, Partner

SCOPES = [
    f"{app}:{right}"
    for app in ("partners", "devices", "requests", "shipping", "billing")
    for right in ("read", "write")
]


class ApiTokenManager(models.Manager["ApiToken"]):
    def issue(
        self, *, owner: User, name: str, acting_for: Partner | None = None, scopes: Iterable[str] = SCOPES
    ) -> "tuple[ApiToken, str]":
        """Make a token and return (row, secret); the secret is shown once and only its hash is kept."""
        secret = f"wg_{secrets.token_urlsafe(32)}"
        row = self.create(
            owner=owner, name=name, acting_for=acting_for, scopes=list(scopes), digest=self.digest(secret)
        )
        return row, secret

    @staticmethod
    def digest(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def find(self, secret: str) -> "ApiToken | None":
        """The live token with this secret, or None."""
        return (
            self.filter(digest=self.digest(secret), revoked_at__isnull=True)
            .select_related("owner", "acting_for")
            .first()
        )


class ApiToken(models.Model):
    """A program's key: acts as its owner, for one partner or for the association, within its scopes."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens")
    acting_for = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="api_tokens")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(digest=""), name="token_has_a_digest"),
            models.CheckConstraint(condition=Q(scopes__contained_by=SCOPES), name="token_scopes_are_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def acting_user(self) -> User | None:
        """The owner as whoever the token speaks for; None once the right behind it has ended.

        A token never falls back to another organisation, nor from one to the association.
        """
        user = self.owner
        if not user.is_active:
            return None
        if self.acting_for is None:
            return user if user.is_association else None
        mine = Membership.objects.live().filter(user=user, partner=self.acting_for)
        roles = frozenset(mine.values_list("role", flat=True))
        if user.is_association or not roles:
            return None
        user.acting_for, user.membership_roles = self.acting_for, roles
        return user
