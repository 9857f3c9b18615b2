import hashlib
import json
import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from partners.models import IntakeLink, Partner
from people.models import User
from records import clock
from records.triggers import same_partner

KEPT = timedelta(days=30)  # since it was last saved, as the page promises
KEPT_FOR_A_PERSON = timedelta(days=1)  # whose browser may be shared; as long as its cookie


class RequestDraftQuerySet(models.QuerySet["RequestDraft"]):
    def visible_to(self, user: User) -> Self:
        """One's own, of the organisation one acts for."""
        return self.filter(owner=user, partner=user.acting_for) if user.acting_for else self.none()

    def begun_by(self, link: IntakeLink, token: uuid.UUID | None) -> "RequestDraft | None":
        """What a person began by a link, found by the cookie of their browser; never a social worker's."""
        return self.filter(link=link, token=token).select_related("link").first() if token else None

    def locked(self, draft: "RequestDraft") -> "RequestDraft | None":
        """The draft as it is now, until the transaction ends; None if it was sent or discarded meanwhile."""
        return self.select_for_update().filter(pk=draft.pk).first()

    def locked_with_partner(self, draft: "RequestDraft") -> "RequestDraft | None":
        """As `locked`, and then its organisation, in one statement: nobody suspends it meanwhile."""
        both = self.select_for_update(of=("self", "partner"), no_key=True).select_related("partner")
        return both.filter(pk=draft.pk).first()

    def abandoned(self) -> Self:
        """What its writer has left alone for too long."""
        now = clock.now()
        return self.filter(Q(saved_at__lt=now - KEPT) | Q(link__isnull=False, saved_at__lt=now - KEPT_FOR_A_PERSON))


class RequestDraft(models.Model):
    """An unfinished form, seen by its owner only: no number, no step.

    A social worker's has an owner; that of a person who asks by a link is found by their browser's cookie, its token.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    link = models.ForeignKey(IntakeLink, models.CASCADE, null=True, related_name="+", db_index=False)
    answers = models.JSONField(default=dict)
    proof = models.ForeignKey("documents.StoredFile", models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, link__isnull=True) | Q(owner__isnull=True, link__isnull=False),
                name="a_draft_is_a_colleagues_or_a_persons",
            ),
            same_partner("link", "partners.IntakeLink", name="draft_link_of_its_partner"),
        ]

    def __str__(self) -> str:
        return str(self.token)

    @property
    def fingerprint(self) -> str:
        """What tells its answers and proof from what they were when somebody looked."""
        content = json.dumps([self.answers, self.proof_id], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def forget(self) -> None:
        """Drop the form, with the proof that came with it."""
        proof = self.proof
        self.delete()
        if proof:
            proof.erase()
