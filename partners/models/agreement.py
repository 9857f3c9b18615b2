import hashlib
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.models import StoredFile
from partners.lifecycle import TAKING_PART, PartnerStatus
from partners.reasons import SET_ASIDE
from people.models import User
from records import clock
from records.refusals import Refused
from records.triggers import RowsStay, Trigger

from .partner import Partner


def sha256_of(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class AgreementVersionManager(models.Manager["AgreementVersion"]):
    def current(self) -> "AgreementVersion | None":
        """The version that is to be signed today."""
        return self.order_by("-pk").first()

    def overdue(self) -> "models.QuerySet[Partner]":
        """The organisations that have let the day pass by which all sign the current version."""
        return Partner.objects.filter(self._asks_all(sign_by__lt=clock.today()))

    def to_sign(self) -> "models.QuerySet[Partner]":
        """The organisations that are to sign the current version: who joins, and all where all are asked."""
        joins = Q(Exists(self._unsigned()), status=PartnerStatus.ADMITTED)
        return Partner.objects.filter(joins | self._asks_all(sign_by__isnull=False))

    def _asks_all(self, **by: Any) -> Q:
        return Q(Exists(self._unsigned().filter(**by)), status__in=(PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED))

    def _unsigned(self) -> "models.QuerySet[AgreementVersion]":
        """The current version, as long as the organisation of the query around it has not signed it."""
        newer = self.filter(pk__gt=OuterRef("pk"))
        signed = Agreement.objects.standing().filter(partner=OuterRef(OuterRef("pk")), version=OuterRef("number"))
        return self.filter(~Exists(newer), ~Exists(signed))


class AgreementVersion(models.Model):
    """A version of the framework agreement, once published never edited; `sign_by` asks all partners to sign it."""

    number = models.CharField(_("Version"), max_length=20)
    published_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sign_by = models.DateField(_("All partners sign by"), null=True, blank=True)

    objects = AgreementVersionManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="one_agreement_version_per_number",
                violation_error_message=_("There is a version of this number already."),
            ),
            RowsStay(name="partners_agreementversion_stays"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("partners:agreement_version", args=[self.number])

    @property
    def is_overdue(self) -> bool:
        """Whether the day by which all sign it is past."""
        return bool(self.sign_by and self.sign_by < clock.today())

    def unsigned(self) -> "models.QuerySet[Partner]":
        """The organisations that take part and have not signed it."""
        return self._taking_part().filter(~Exists(self._signatures()))

    def waiting(self) -> "models.QuerySet[Partner]":
        """Those that have signed it and wait for the association's signature."""
        return self._taking_part().filter(Exists(self._signatures().filter(countersigned_at__isnull=True)))

    def signed(self) -> "models.QuerySet[Partner]":
        """Those with whom it holds, signed by both sides."""
        return self._taking_part().filter(Exists(self._signatures().countersigned()))

    def _taking_part(self) -> "models.QuerySet[Partner]":
        return Partner.objects.filter(status__in=TAKING_PART)

    def _signatures(self) -> "AgreementQuerySet":
        return Agreement.objects.standing().filter(partner=OuterRef("pk"), version=self.number)


class AgreementText(models.Model):
    """The words of a version in one language, in Markdown with the names of `agreement_text.FACTS` in braces."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    body = models.TextField(_("Text"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_agreement_text_per_language"),
            RowsStay(name="partners_agreementtext_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.language}"


COUNTERSIGNATURE_STAYS = """
BEGIN
    IF OLD.countersigned_at IS NOT NULL THEN
        RAISE EXCEPTION 'a countersignature stays'
            USING ERRCODE = '23001', CONSTRAINT = 'partners_countersignature_stays';
    END IF;
    RETURN NEW;
END
"""


SET_ASIDE_STAYS = """
BEGIN
    IF OLD.set_aside_at IS NOT NULL THEN
        RAISE EXCEPTION 'what is set aside stays so'
            USING ERRCODE = '23001', CONSTRAINT = 'partners_set_aside_stays';
    END IF;
    RETURN NEW;
END
"""


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))

    def standing(self) -> Self:
        """What was signed and not set aside."""
        return self.filter(set_aside_at__isnull=True)

    def countersigned(self) -> Self:
        return self.filter(countersigned_at__isnull=False)

    def to_countersign(self) -> Self:
        """Signed by an organisation that takes part, and not by the association yet; of several its last one only."""
        later = Agreement.objects.standing().filter(partner=OuterRef("partner"), pk__gt=OuterRef("pk"))
        waiting = self.standing().filter(countersigned_at__isnull=True, partner__status__in=TAKING_PART)
        return waiting.exclude(Exists(later))


class Agreement(models.Model):
    """A framework agreement that an organisation signed: on screen, by an uploaded paper, or as an admin recorded it.

    Signed on screen it keeps the exact text with its SHA-256, the time and the address of the computer. Only the
    countersignature is added later, once; or it is set aside as a wrong one, for good, and another may be signed.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    version = models.CharField(_("Version"), max_length=20)
    signed_on = models.DateField(_("Signed on"))
    signed_by = models.CharField(_("Signed by"), max_length=100)
    function = models.CharField(_("Function"), max_length=100, blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, blank=True)
    text = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_from = models.GenericIPAddressField(null=True)
    signed_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_aside_at = models.DateTimeField(null=True)
    set_aside_reason = models.CharField(max_length=20, choices=list(SET_ASIDE.items()), blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "version"],
                condition=Q(set_aside_at__isnull=True),
                name="one_signature_per_version",
                violation_error_message=_("This version is signed already."),
            ),
            models.CheckConstraint(
                condition=Q(text="", text_sha256="") | (~Q(text="") & Q(text_sha256__regex="^[0-9a-f]{64}$")),
                name="a_signed_text_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_reason="")
                | Q(set_aside_at__isnull=False, countersigned_at__isnull=True) & ~Q(set_aside_reason=""),
                name="only_what_waits_is_set_aside",
                violation_error_message=_("This agreement is countersigned already."),
            ),
            RowsStay(
                name="partners_agreement_stays",
                fields=[
                    "partner",
                    "version",
                    "signed_on",
                    "signed_by",
                    "function",
                    "language",
                    "text",
                    "text_sha256",
                    "signed_at",
                    "signed_from",
                    "signed_by_user",
                    "file",
                ],
            ),
            Trigger(
                name="partners_countersignature_stays",
                when="BEFORE UPDATE OF countersigned_at, countersigned_by_id",
                body=COUNTERSIGNATURE_STAYS,
                refusals={"partners_countersignature_stays": _("This agreement is countersigned already.")},
            ),
            Trigger(
                name="partners_set_aside_stays",
                when="BEFORE UPDATE OF set_aside_at, set_aside_by_id, set_aside_reason",
                body=SET_ASIDE_STAYS,
                refusals={"partners_set_aside_stays": _("This signature is set aside already.")},
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner"], condition=Q(countersigned_at__isnull=True), name="agreements_to_countersign"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.version}"

    @property
    def is_countersigned(self) -> bool:
        return self.countersigned_at is not None

    @property
    def may_be_set_aside(self) -> bool:
        """Whether it waits, so that a wrong signature can still be set aside."""
        return not self.is_countersigned and self.set_aside_at is None

    @property
    def text_is_as_signed(self) -> bool:
        """Whether the kept text is letter by letter the one that was signed."""
        return bool(self.text) and sha256_of(self.text) == self.text_sha256


class AgreementReminder(models.Model):
    """That an organisation was asked once more to sign a version: by the clock, or by an admin; one a day at most."""

    class Kind(models.TextChoices):
        FIRST = "first"  # two weeks before the day
        LAST = "last"  # three days before it
        LATE = "late"  # once it is past
        BY_HAND = "by_hand"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreement_reminders")
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(default=clock.today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "version", "on"], name="reminded_to_sign_once_a_day"),
            models.UniqueConstraint(
                fields=["partner", "version", "kind"],
                condition=~Q(kind="by_hand"),
                name="reminded_to_sign_once_by_the_clock",
            ),
            RowsStay(name="partners_agreementreminder_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.version}, {self.on}"


class AgreementPaperQuerySet(models.QuerySet["AgreementPaper"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))


class AgreementPaper(models.Model):
    """The agreement as a PDF, by what it says: before signing to be read or signed by hand, after it with the names.

    `words` is what is printed as JSON; the same words are never printed twice.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreement_papers")
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects = AgreementPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "sha256"], name="one_agreement_paper_per_words"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.sha256[:8]}"


class TariffQuerySet(models.QuerySet["Tariff"]):
    def price_for(self, *, tier: str, delivery: str, on: date | None = None) -> Decimal:
        """The contribution in CHF that holds on a day for a tier and a delivery mode; Refused where none was set."""
        on = on or clock.today()
        known = self.filter(tier=tier, delivery=delivery, valid_from__lte=on).order_by("-valid_from")
        price = known.values_list("amount", flat=True).first()
        if price is None:
            words = {"tier": tier, "delivery": Partner.Delivery(delivery).label}
            raise Refused(_("No price is set for %(tier)s, %(delivery)s. The association sets one.") % words)
        return price

    def visible_to(self, user: User) -> Self:
        """Whoever deals with money; an organisation sees its own price where it counts."""
        return self if user.has_role("admin", "treasurer") else self.none()

    def holding(self) -> Self:
        """The row that holds today of each tier and delivery mode."""
        begun = self.filter(valid_from__lte=clock.today())
        return begun.order_by("tier", "delivery", "-valid_from").distinct("tier", "delivery")


BEGUN = _("This price has begun and stays. Set another one from a day on.")
# What has begun was perhaps agreed with somebody already; what lies ahead can be taken back.
STAYS_ONCE_BEGUN = """
BEGIN
  IF TG_OP = 'UPDATE' OR OLD.valid_from <= (clock_now() AT TIME ZONE 'Europe/Zurich')::date THEN
    RAISE EXCEPTION 'a price that has begun stays' USING ERRCODE = '23514', CONSTRAINT = 'a_begun_price_stays';
  END IF;
  RETURN OLD;
END
"""


class Tariff(models.Model):
    """What a device costs a partner, by tier and delivery mode, from a day on; CHF.

    `by` is empty for what was there from the beginning.
    """

    tier = models.CharField(_("Tariff tier"), max_length=20, default="standard")
    delivery = models.CharField(_("Delivery"), max_length=10, choices=Partner.Delivery)
    valid_from = models.DateField(_("From"))
    amount = models.DecimalField(_("CHF per laptop"), max_digits=10, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "delivery", "valid_from"],
                name="one_tariff_per_day",
                violation_error_message=_("A price from this day on is set already. Withdraw it first."),
            ),
            Trigger(
                name="a_begun_price_stays",
                when="BEFORE UPDATE OR DELETE",
                body=STAYS_ONCE_BEGUN,
                refusals={"a_begun_price_stays": BEGUN},
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="tariff_is_positive",
                violation_error_message=_("A price is more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier}, {self.delivery}: CHF {self.amount}"

    def withdraw(self) -> None:
        """Take it back before its day; the database refuses it afterwards as well."""
        if self.valid_from <= clock.today():
            raise Refused(BEGUN)
        self.delete()
