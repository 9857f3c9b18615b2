from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records import clock
from records.triggers import RowsStay


class AnswerQuerySet(models.QuerySet["Answer"]):
    def offered(self) -> Self:
        """Those that are put into messages today."""
        return self.filter(retired_at__isnull=True)


class Answer(models.Model):
    """What the association answers again and again, in up to four languages; a retired one can come back."""

    name = models.CharField(_("Name"), max_length=80)
    retired_at = models.DateTimeField(null=True)

    objects = AnswerQuerySet.as_manager()

    if TYPE_CHECKING:
        texts: Any

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, str]:
        """What it says today, by language; a language without words is left out."""
        newest = self.texts.order_by("language", "-pk").distinct("language")
        return {row.language: row.text for row in newest if row.text}

    def in_language(self, language: str) -> str:
        """What it says in this language, else in the first of ours that has words."""
        words = self.words
        return next((words[code] for code in (language, *dict(settings.LANGUAGES)) if code in words), "")


class AnswerText(models.Model):
    """An answer's words in one language; the newest row holds, empty ones take the language away."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    text = models.TextField(max_length=4000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(language__in=[code for code, _name in settings.LANGUAGES]),
                name="answer_language_is_known",
            ),
            RowsStay(name="partners_answertext_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.answer}, {self.language}"
