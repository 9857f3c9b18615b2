import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models import StoredFile
from people.models import User
from records import clock

KEPT = timedelta(days=30)  # the report names people


class PartnerImportQuerySet(models.QuerySet["PartnerImport"]):
    def visible_to(self, user: User) -> Self:
        return self if user.has_role("admin") else self.none()

    def old(self) -> Self:
        return self.filter(at__lt=clock.now() - KEPT)


class PartnerImport(models.Model):
    """A workbook of organisations on its way: uploaded, checked, then taken over by one press.

    `refusal` says why the file can't be read; `lines` is what the check found of each organisation, `results` what
    became of the first `done` ones, all in the language of who uploaded it. The file goes once it is taken over.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    refusal = models.TextField(blank=True)
    remarks = models.JSONField(default=list)
    lines: Any = models.JSONField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    invites = models.BooleanField(default=False)
    ordered_at = models.DateTimeField(null=True)
    results: Any = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    objects = PartnerImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="no_more_is_taken_over_than_there_is"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:show_import", args=[self.token])

    @property
    def is_checked(self) -> bool:
        return self.lines is not None or bool(self.refusal)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def is_under_way(self) -> bool:
        """Whether a job works on it, so that its page asks again."""
        return not self.is_checked or (self.ordered_at is not None and not self.is_finished)

    @property
    def shown_lines(self) -> list[dict[str, Any]]:
        """What became of each organisation, before it is taken over what would."""
        return list(self.results if self.is_finished else self.lines or [])

    def count(self, *outcomes: str) -> int:
        """How many organisations have one of these outcomes."""
        return sum(line["outcome"] in outcomes for line in self.shown_lines)
