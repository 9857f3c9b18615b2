"""Notices of the association to its readers: to whom, from when until when, in which words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs.models import Batch
from partners import lifecycle
from partners.lifecycle import TAKING_PART, NoticeStatus
from people.models import User
from records import clock
from records.lifecycle import Lifecycle, Step
from records.triggers import RowsStay, Trigger, quoted

from .partner import Membership, Partner

LANGUAGES = [code for code, _name in settings.LANGUAGES]

# Key and version of all that is told today and that the person u has not put away. This is asked with every session,
# and to plan more than this for each page costs more than to ask again where there is one.
HOLDS = "n.status = 'published' AND n.from_on <= %(today)s AND n.until_on >= %(today)s"
LIVE_NOTICES = f"""
ARRAY(SELECT ARRAY[n.id, n.version] FROM partners_notice n
      WHERE {HOLDS} AND NOT EXISTS (SELECT FROM partners_noticedismissal d
                                    WHERE d.user_id = u.id AND d.notice_id = n.id AND d.version = n.version))"""
LIVE_MEMBERSHIPS = f"""
(partners_membership m
 JOIN partners_partner p ON p.id = m.partner_id AND p.status IN ({quoted(lifecycle.READING)}))
ON m.user_id = u.id AND m.accepted_at IS NOT NULL AND m.ended_at IS NULL"""
# Who is meant, told once for pages and mails: n is the notice, u the person, m one of the person's live memberships and
# p its organisation. The association's people act for none; of one that has ended nobody is meant.
IS_ASSOCIATION = """
EXISTS (SELECT FROM people_associationrole r
        WHERE r.user_id = u.id AND (r.ends_on IS NULL OR r.ends_on >= %(today)s))"""
TAKES_PART = f"coalesce(p.status IN ({quoted(TAKING_PART)}), false)"
IS_FOR = f"""
(n.audience = 'everybody' OR CASE
   WHEN {IS_ASSOCIATION} THEN n.audience = 'association'
   WHEN NOT {TAKES_PART} THEN false
   WHEN n.audience = 'kind' THEN n.kind = p.kind
   WHEN n.audience = 'cantons' THEN EXISTS (
     SELECT FROM partners_coverage c JOIN partners_commune k ON k.bfs_no = c.commune_id
     WHERE c.partner_id = p.id AND c.valid_from <= %(today)s AND (c.valid_to IS NULL OR c.valid_to > %(today)s)
       AND k.canton = ANY(n.cantons))
   ELSE n.audience IN ('organisations', m.role)
 END)"""
# With the words t in the person's language, else in the first language that has any.
MEANT = f"""
FROM partners_notice n CROSS JOIN people_user u LEFT JOIN {LIVE_MEMBERSHIPS}
CROSS JOIN LATERAL (
  SELECT * FROM partners_noticetext one
  WHERE one.notice_id = n.id AND one.version = n.version
  ORDER BY (one.language = u.language) DESC, array_position(ARRAY[{quoted(LANGUAGES)}]::varchar[], one.language)
  LIMIT 1) t
WHERE {IS_FOR}"""
SHOWN = f"""
SELECT DISTINCT n.id, n.version, n.tone, t.language, t.title, t.body
{MEANT} AND {HOLDS} AND n.id = ANY(%(notices)s) AND u.id = %(user)s
  AND (%(partner)s::bigint IS NULL OR p.id = %(partner)s)
ORDER BY n.tone DESC, n.id DESC
"""
READERS = f"""
SELECT DISTINCT u.id, t.id, CASE WHEN {TAKES_PART} AND NOT {IS_ASSOCIATION} THEN p.id END
{MEANT} AND n.id = %(notice)s AND u.is_active AND ({TAKES_PART} OR {IS_ASSOCIATION})
  AND (%(user)s::bigint IS NULL OR u.id = %(user)s)
ORDER BY 1
"""
AUDIENCE_STAYS = """
BEGIN
  IF OLD.status <> 'draft' THEN
    RAISE EXCEPTION 'a notice that was published keeps its audience'
      USING ERRCODE = '23001', CONSTRAINT = 'a_published_notice_keeps_its_audience';
  END IF;
  RETURN NEW;
END
"""
SAYS_NOTHING = """
BEGIN
  IF NEW.status = 'published' AND NOT EXISTS (
      SELECT FROM partners_noticetext t WHERE t.notice_id = NEW.id AND t.version = NEW.version) THEN
    RAISE EXCEPTION 'a notice without a word'
      USING ERRCODE = '23514', CONSTRAINT = 'a_published_notice_says_something';
  END IF;
  RETURN NEW;
END
"""


class Readers(NamedTuple):
    """Whom a notice is for, of those with an account and access: the text of each by the person's key."""

    texts: dict[int, int]
    organisations: int


class Shown(NamedTuple):
    """A notice as a page shows it to one reader."""

    notice: int
    version: int
    tone: str
    language: str
    title: str
    body: str


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> Self:
        """The association's admins, who write them; who reads them gets them with every page."""
        return self if user.has_role("admin") else self.none()

    def live(self) -> Self:
        """What is shown today."""
        today = clock.today()
        return self.filter(status=NoticeStatus.PUBLISHED, from_on__lte=today, until_on__gte=today)

    def shown_to(self, user: User, keys: Sequence[int]) -> list[Shown]:
        """Those of these that hold today and are for this person, where it acts, in its language; warnings first."""
        if not keys:
            return []
        known: dict[str, Any] = {
            "notices": list(keys),
            "user": user.pk,
            "partner": user.acting_for_id,
            "today": clock.today(),
        }
        with connection.cursor() as cursor:
            cursor.execute(SHOWN, known)
            return [Shown(*row) for row in cursor.fetchall()]

    def shown_to_visitors(self) -> list[list[Shown]]:
        """Those that are for everybody, each in all of its languages; warnings first."""
        found = self.live().filter(audience=Notice.Audience.EVERYBODY).order_by("-tone", "-pk")
        return [[text.shown for text in notice.current] for notice in found.prefetch_related("texts__notice")]


class Notice(Lifecycle):
    """Something that the association tells some or all of its readers, from a day to a day: as a banner, and by mail.

    Its words stand in `NoticeText`. To whom it goes stays once it is published; words and days may change.
    """

    Status, MOVES, NOTES = NoticeStatus, lifecycle.NOTICE_MOVES, lifecycle.NOTICE_NOTES

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody, visitors too")
        ORGANISATIONS = "organisations", _("All organisations")
        MANAGERS = Membership.Role.MANAGER.value, _("Managers")
        SOCIAL_WORKERS = Membership.Role.SOCIAL_WORKER.value, _("Social workers")
        ACCOUNTING = Membership.Role.ACCOUNTING.value, _("Accounting")
        KIND = "kind", _("One kind of organisation")
        CANTONS = "cantons", _("Organisations of some cantons")
        ASSOCIATION = "association", _("The association’s people")

    class Tone(models.TextChoices):
        INFORMATION = "information", _("Information")
        WARNING = "warning", _("Warning")

    status = models.CharField(max_length=20, choices=NoticeStatus, default=NoticeStatus.DRAFT, editable=False)
    version = models.PositiveSmallIntegerField(default=0, editable=False)  # of its words
    audience = models.CharField(max_length=20, choices=Audience)
    kind = models.CharField(max_length=20, choices=Partner.Kind, blank=True)
    cantons = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    from_on = models.DateField(_("Shown from"))
    until_on = models.DateField(_("Until and with"))
    tone = models.CharField(_("Tone"), max_length=20, choices=Tone, default=Tone.INFORMATION)
    by_mail = models.BooleanField(_("Send it by mail, too"), default=False)
    batch = models.OneToOneField(Batch, models.PROTECT, null=True, editable=False, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=NoticeStatus.values), name="notice_status_is_known"),
            models.CheckConstraint(
                condition=Q(audience="kind") & ~Q(kind="") | ~Q(audience="kind") & Q(kind=""),
                name="a_notice_to_a_kind_names_it",
            ),
            models.CheckConstraint(
                condition=Q(audience="cantons") & ~Q(cantons=[]) | ~Q(audience="cantons") & Q(cantons=[]),
                name="a_notice_to_cantons_names_them",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="a_notice_ends_after_it_began",
                violation_error_message=_("The last day comes before the first one."),
            ),
            Trigger(
                name="a_published_notice_keeps_its_audience",
                when="BEFORE UPDATE OF audience, kind, cantons, by_mail",
                body=AUDIENCE_STAYS,
                refusals={
                    "a_published_notice_keeps_its_audience": _("It is published: to whom it goes stays as it is.")
                },
            ),
            Trigger(
                name="a_published_notice_says_something",
                when="BEFORE INSERT OR UPDATE OF status, version",
                body=SAYS_NOTHING,
                refusals={"a_published_notice_says_something": _("Write its words first.")},
            ),
        ]
        indexes = [
            models.Index(fields=["until_on"], condition=Q(status="published"), name="notices_published"),
        ]

    def __str__(self) -> str:
        text = self.text
        return text.title if text else "–"

    def get_absolute_url(self) -> str:
        return reverse("partners:notice", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == NoticeStatus.DRAFT

    @property
    def is_published(self) -> bool:
        return self.status == NoticeStatus.PUBLISHED

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed, whatever its status."""
        return self.until_on < clock.today()

    @property
    def audience_words(self) -> str:
        """To whom it goes, in words."""
        if self.audience == self.Audience.KIND:
            return str(self.get_kind_display())
        if self.audience == self.Audience.CANTONS:
            return ", ".join(self.cantons)
        return str(self.Audience(self.audience).label)

    @property
    def current(self) -> list["NoticeText"]:
        """Its newest words, in the order of the languages."""
        texts = [text for text in self.texts.all() if text.version == self.version]
        return sorted(texts, key=lambda text: LANGUAGES.index(text.language))

    @property
    def text(self) -> "NoticeText | None":
        """Its newest words in the first language that has any."""
        return next(iter(self.current), None)

    def readers(self, user: User | None = None) -> Readers:
        """Who may sign in and is meant today, or whether one person is; a person with two roles counts once."""
        with connection.cursor() as cursor:
            known: dict[str, Any] = {"notice": self.pk, "today": clock.today(), "user": user.pk if user else None}
            cursor.execute(READERS, known)
            rows = cursor.fetchall()
        organisations = {partner for _user, _text, partner in rows if partner}
        return Readers({reader: text for reader, text, _partner in rows}, len(organisations))


class NoticeStep(Step):
    record = models.ForeignKey(Notice, models.PROTECT, related_name="steps")


class NoticeTextManager(models.Manager["NoticeText"]):
    def write(self, notice: Notice, words: Mapping[str, tuple[str, str]], *, by: User) -> bool:
        """Write title and sentences of each language as a new version; False if they are the newest ones already.

        The notice is locked, or made, in this transaction.
        """
        if {text.language: (text.title, text.body) for text in notice.current} == dict(words):
            return False
        notice.version += 1
        self.bulk_create(
            NoticeText(notice=notice, version=notice.version, language=language, title=title, body=body, by=by)
            for language, (title, body) in words.items()
        )
        notice.save(update_fields=["version"])
        return True


class NoticeText(models.Model):
    """What a notice says in one language; changed words are a new version, so that what was mailed can be read."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    title = models.CharField(max_length=100)
    body = models.TextField(max_length=800)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = NoticeTextManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "version", "language"], name="one_notice_text_per_language"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="a_notice_text_is_not_empty"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="notice_language_is_known"),
            RowsStay(name="partners_noticetext_stays"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown(self) -> Shown:
        """As a page shows it."""
        return Shown(self.notice_id, self.version, self.notice.tone, self.language, self.title, self.body)


class NoticeDismissal(models.Model):
    """That a person has put a version of a notice away; a changed one comes back."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="dismissals")
    version = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "notice", "version"], name="a_notice_is_put_away_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.notice_id}, {self.version}"
