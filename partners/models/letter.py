from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from documents.models import StoredFile
from records import clock

from .register import Commune


class CommuneLetterQuerySet(models.QuerySet["CommuneLetter"]):
    def ordered_since(self, moment: datetime) -> Self:
        return self.filter(ordered_at__gt=moment)


class CommuneLetter(models.Model):
    """The public letter to a commune that does not take part, made once per language.

    `fingerprint` is of what it says: when that changes, it is made anew. The file is empty until then.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="letters")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    fingerprint = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(default=clock.now)

    objects = CommuneLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "language"], name="one_letter_per_commune_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.commune}, {self.language}"
