from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import User
from records import clock
from records.triggers import RowsStay, Trigger

from .catalogue import Text

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
QUESTIONS = "questions"  # the article whose parts fold
FOUND = 20  # as many articles as anybody reads through
LONGEST_COMMENT = 1000


class Section(models.TextChoices):
    """Whom an article is for: how the first page is divided."""

    PEOPLE = "people", _("For people")
    ORGANISATIONS = "organisations", _("For organisations")
    DONORS = "donors", _("For donors and volunteers")
    DATA = "data", _("Data and IT")


class Article(models.Model):
    """A page of the help centre, the same in every language but for its words. `related`: what else to read."""

    slug = models.SlugField(db_index=False)
    section = models.CharField(max_length=20, choices=Section)
    position = models.PositiveSmallIntegerField()
    related = ArrayField(models.SlugField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="one_article_per_slug"),
            models.CheckConstraint(condition=Q(section__in=Section.values), name="section_is_known"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("help:article", args=[self.slug])


class Match(Func):
    """Whether words are found by a query."""

    template, arg_joiner = "%(expressions)s", " @@ "
    output_field = models.BooleanField()


def _query(language: str, words: str, joined: str) -> Func:
    """What looks for any word (`|`) or all (`&`), as the database folds and stems what it keeps."""
    values = (Value(each) for each in (language, words, joined))
    return Func(*values, function="help_query", output_field=SearchQueryField())


class VersionQuerySet(models.QuerySet["ArticleVersion"]):
    def current(self, language: str) -> Self:
        """What is read today in a language, in the order of the articles."""
        rows = self.filter(language=language, is_current=True).select_related("article").defer("words")
        return rows.order_by("article__position")

    def found_by(self, language: str, words: str) -> Self:
        """The current texts with one of these words, those with all of them first; also a word's beginning finds it."""
        either = _query(language, words, "|")
        rows = self.current(language).filter(Match(F("words"), either))
        rank = Func(F("words"), either, function="ts_rank", output_field=models.FloatField())
        has_all = Match(F("words"), _query(language, words, "&"))
        return rows.order_by(has_all.desc(), rank.desc(), "article__position")[:FOUND]


class ArticleVersion(models.Model):
    """An article's text in one language as somebody saved it; `by` is empty where it came along with the system.

    Only added to: but for the mark of which one is current, which moves on and never back.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    language = models.CharField(max_length=5)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    summary = models.CharField(max_length=400)
    body = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    is_current = models.BooleanField(default=True)
    words = models.GeneratedField(
        expression=Func("language", "title", "summary", "body", function="help_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="article_language_is_known"),
            models.UniqueConstraint(
                fields=["article", "language", "number"],
                name="one_version_per_number",
                violation_error_message=_("Somebody else has saved a text just now. Look at it, then save again."),
            ),
            models.UniqueConstraint(
                fields=["article", "language"], condition=Q(is_current=True), name="one_current_version"
            ),
            RowsStay(
                name="help_articleversion_stays",
                fields=["article", "language", "number", "title", "summary", "body", "by", "at"],
            ),
            Trigger(
                name="replaced_version_stays_replaced",
                when="BEFORE UPDATE OF is_current",
                body="""
BEGIN
  IF NEW.is_current AND NOT OLD.is_current THEN
    RAISE EXCEPTION 'a replaced version comes back as a new one'
      USING ERRCODE = '23001', CONSTRAINT = 'replaced_version_stays_replaced';
  END IF;
  RETURN NEW;
END
""",
                refusals={"replaced_version_stays_replaced": _("An earlier text comes back as a new version.")},
            ),
        ]
        indexes = [
            models.Index(fields=["language"], condition=Q(is_current=True), name="articles_to_read"),
            GinIndex(fields=["words"], condition=Q(is_current=True), name="articles_by_words"),
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.language} {self.number}"

    @property
    def text(self) -> Text:
        return Text(self.title, self.summary, self.body)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def with_comment(self) -> Self:
        return self.exclude(comment="")

    def to_read(self) -> Self:
        """Comments that nobody of the association has ticked off."""
        return self.with_comment().filter(done_at__isnull=True)


class Feedback(models.Model):
    """Whether an article helped somebody, and maybe what they missed. Nothing is kept of who it was."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="feedback")
    language = models.CharField(max_length=5)
    is_helpful = models.BooleanField()
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True)
    at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="feedback_language_is_known"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="feedback_is_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True) & ~Q(comment=""), name="comments_to_read"),
            models.Index(fields=["at"], name="feedback_of_late"),
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.language} {self.is_helpful}"

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES)[self.language]

    def tick_off(self, *, by: Any) -> None:
        """Say that somebody has read it; who did so first stays."""
        rows = Feedback.objects.filter(pk=self.pk, done_at__isnull=True)
        rows.update(done_at=clock.now(), done_by=by)
