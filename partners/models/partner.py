from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners import lifecycle
from partners.lifecycle import PartnerStatus
from partners.places import country_of
from partners.reasons import ENDED
from partners.reference_pattern import example_of, fits
from people.models import User
from records import clock
from records.folding import Folded
from records.lifecycle import Lifecycle, Step
from records.text import typographic
from records.triggers import Trigger

from .register import Commune, Coverage, Locality

# Whatever the road: pages, workbooks, the console. Asked at the end of a transaction, in whose course all of it comes.
IS_INCOMPLETE = """
BEGIN
  IF EXISTS (
    SELECT FROM partners_partner p
    WHERE p.id = {partner} AND p.status = 'active' AND (
      p.street = '' OR p.postcode = '' OR p.town = ''
      OR NOT EXISTS (SELECT FROM partners_billto b WHERE b.partner_id = p.id AND b.is_active AND b.email <> '')
      OR NOT EXISTS (
        SELECT FROM partners_agreement a WHERE a.partner_id = p.id AND a.countersigned_at IS NOT NULL))
  ) THEN
    RAISE EXCEPTION 'an active partner lacks address, payer or agreement'
      USING ERRCODE = '23514', CONSTRAINT = '{name}';
  END IF;
  RETURN NULL;
END
"""
INCOMPLETE = _("An active organisation has an address, a payer with an e-mail address and a signed agreement.")


class PartnerQuerySet(models.QuerySet["Partner"]):
    def of_member(self, user: User) -> Self:
        """Organisations this person may act for."""
        return self.filter(pk__in=Membership.objects.live().filter(user=user).values("partner"))

    def visible_to(self, user: User) -> Self:
        """The association sees all, a member the one acted for."""
        if user.has_role("admin", "dispatcher", "treasurer", "auditor"):
            return self
        return self.filter(pk=user.acting_for_id) if user.acting_for else self.none()

    def locked(self, pk: int) -> "Partner":
        """One as it stands until the transaction ends: first in the order of locks, so nobody suspends it."""
        return self.select_for_update(no_key=True).get(pk=pk)

    def named(self, words: str) -> Self:
        """Those with these words in their name."""
        return self.alias(folded=Folded("name")).filter(folded__contains=Folded(Value(words)))

    def found_by(self, words: str) -> Self:
        """Those with these words in name or town, that speak for such a commune, or that took over from such a one."""
        communes = Commune.objects.live().filter(Q(name__icontains=typographic(words)) | Q(canton__iexact=words))
        if words.isascii() and words.isdecimal():
            postcode = Locality.objects.filter(postcode=words).values("commune")
            communes = Commune.objects.live().filter(Q(pk=int(words[:6])) | Q(pk__in=postcode))
        everyone = self.model.objects
        spoken_for = everyone.speaking_for(communes).order_by().values_list("pk")
        followed = everyone.filter(took_over__predecessor__in=everyone.named(words)).order_by().values_list("pk")
        # Looked up first, by keys: beside a subquery in an OR, Postgres reads every row.
        keys = [pk for (pk,) in spoken_for.union(followed)]
        return self.filter(Q(words__contains=Folded(Value(words))) | Q(pk__in=keys))

    def speaking_for(self, communes: "models.QuerySet[Commune]") -> Self:
        """Those that speak for one of these communes today."""
        return self.filter(pk__in=Coverage.objects.live().filter(commune__in=communes).values("partner"))

    def under_notice(self) -> Self:
        """Those whose agreement ends on a day that is known, the next one first."""
        return self.filter(ends_on__isnull=False).order_by("ends_on", "pk")


class Partner(Lifecycle):
    """An organisation that knows people in poverty and pays for their laptops."""

    Status, MOVES, NOTES = lifecycle.PartnerStatus, lifecycle.MOVES, lifecycle.NOTES

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        CANTON = "canton", _("Canton")
        REGIONAL = "regional", _("Regional social service")
        MANDATED = "mandated", _("Mandated organisation")
        RELIEF = "relief", _("Relief organisation")

    class RestingRequests(models.TextChoices):
        """What becomes of requests without a laptop when the agreement ends."""

        WITHDRAW = "withdraw", _("They are withdrawn")
        LEAVE = "leave", _("They rest")

    class Delivery(models.TextChoices):
        PERSON = "person", _("To the person")
        OFFICE = "office", _("To our office")

        def label_for(self, user: User) -> str:
            """The words for who reads them: only the organisation's people call the office "our" office."""
            if self == Partner.Delivery.OFFICE and not user.acting_for:
                return gettext("To the organisation")
            return str(self.label)

    name = models.CharField(_("Name"), max_length=70)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.COMMUNE)
    status = models.CharField(max_length=20, choices=PartnerStatus, default=PartnerStatus.APPLIED, editable=False)
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES, default="de")
    street = models.CharField(_("Street"), max_length=70, blank=True)
    house_number = models.CharField(_("No."), max_length=16, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=4)
    town = models.CharField(_("Town"), max_length=35)
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail of the office"), blank=True)
    delivery = models.CharField(_("Usual delivery"), max_length=10, choices=Delivery, default=Delivery.PERSON)
    tier = models.CharField(_("Tariff tier"), max_length=20, default="standard")
    approves_by_two = models.BooleanField(_("A second person approves what somebody has entered"), default=False)
    reference_pattern = models.CharField(_("Shape of the case references"), max_length=40, blank=True)
    yearly_limit = models.PositiveSmallIntegerField(_("Laptops a year at most"), null=True, blank=True)
    person_months = models.PositiveSmallIntegerField(
        _("Months in which a person gets one laptop"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    made_at = models.DateTimeField(default=clock.now, editable=False)
    checked_on = models.DateField(null=True, editable=False)
    # Under notice: its last day, who gave it, and what becomes then of requests without a laptop.
    ends_on = models.DateField(null=True, editable=False)
    end_reason = models.CharField(max_length=20, choices=list(ENDED.items()), blank=True, editable=False)
    end_requests = models.CharField(max_length=10, choices=RestingRequests, blank=True, editable=False)
    words = models.GeneratedField(  # by which it is found
        expression=Folded(Concat("name", Value(" "), "postcode", Value(" "), "town")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PartnerStatus.values),
                name="partner_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, end_reason="", end_requests="")
                | Q(ends_on__isnull=False, status__in=[PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED])
                & ~Q(end_reason="")
                & ~Q(end_requests=""),
                name="only_a_running_agreement_is_under_notice",
            ),
            models.UniqueConstraint(
                Lower("name"),
                "postcode",
                name="one_partner_per_name_and_postcode",
                violation_error_message=_("There is an organisation of this name and postcode already."),
            ),
            Trigger(
                name="an_active_partner_is_complete",
                when="AFTER INSERT OR UPDATE OF status, street, postcode, town",
                body=IS_INCOMPLETE.format(partner="NEW.id", name="an_active_partner_is_complete"),
                is_deferred=True,
                refusals={"an_active_partner_is_complete": INCOMPLETE},
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="partners_by_words"),
            GinIndex(OpClass(Folded("name"), name="gin_trgm_ops"), name="partners_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:detail", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.status == PartnerStatus.ACTIVE

    def reference_fault(self, reference: str) -> str:
        """What is wrong with a case reference by the organisation's own rule, as a sentence; empty if it fits."""
        if fits(self.reference_pattern, reference):
            return ""
        words = {"example": example_of(self.reference_pattern)}
        return gettext("Your organisation writes case references like %(example)s.") % words

    @property
    def takes_part(self) -> bool:
        """Whether it may sign and its people may come: admitted, active or suspended."""
        return self.status in lifecycle.TAKING_PART

    @property
    def is_check_due(self) -> bool:
        """Whether a year has passed since somebody said that its data are right."""
        last = self.checked_on or self.made_at.date()
        return last < clock.today() - timedelta(days=365)

    @property
    def address_lines(self) -> list[str]:
        """Street and town, as on an envelope."""
        return [line for line in (f"{self.street} {self.house_number}".strip(), f"{self.postcode} {self.town}") if line]

    def complete_bill_tos(self) -> "models.QuerySet[BillTo]":
        """Those who can be sent an invoice."""
        return self.bill_tos.filter(is_active=True).exclude(email="")

    def lacks(self) -> list[str]:
        """What still has to be known before anything can be sent or billed, in words."""
        missing = []
        if not (self.street and self.postcode and self.town):
            missing.append(gettext("the office’s address"))
        if not self.complete_bill_tos().exists():
            missing.append(gettext("who pays, with an e-mail address for invoices"))
        return missing


class PartnerStep(Step):
    record = models.ForeignKey(Partner, models.PROTECT, related_name="steps")


class BillToQuerySet(models.QuerySet["BillTo"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))

    def named(self, words: str) -> Self:
        """Those with these words in their name."""
        return self.alias(folded=Folded("name")).filter(folded__contains=Folded(Value(words)))


class BillTo(models.Model):
    """Who pays: a cost bearer of a partner, with all that its invoice must carry."""

    class Cadence(models.TextChoices):
        MONTH = "month", _("Once a month")
        QUARTER = "quarter", _("Once a quarter")
        ORDER = "order", _("After each parcel")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="bill_tos")
    name = models.CharField(_("Name on the invoice"), max_length=70)
    department = models.CharField(_("Department"), max_length=70, blank=True)
    street = models.CharField(_("Street"), max_length=70, blank=True)
    house_number = models.CharField(_("No."), max_length=16, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=16)
    town = models.CharField(_("Town"), max_length=35)
    country = models.CharField(_("Country"), max_length=2, default="CH")
    email = models.EmailField(_("E-mail for invoices"), blank=True)
    language = models.CharField(_("Language of the invoice"), max_length=2, choices=settings.LANGUAGES, default="de")
    cadence = models.CharField(_("How often"), max_length=10, choices=Cadence, default=Cadence.MONTH)
    cost_centre = models.CharField(_("Cost centre"), max_length=40, blank=True)
    order_number = models.CharField(_("Order number"), max_length=40, blank=True)
    supplier_number = models.CharField(_("Our supplier number"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    objects = BillToQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["id", "partner"], name="bill_to_with_partner"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(postcode="") & ~Q(town=""), name="bill_to_has_an_address"
            ),
            Trigger(
                name="an_active_partner_keeps_a_payer",
                when="AFTER UPDATE OF is_active, email",
                body=IS_INCOMPLETE.format(partner="NEW.partner_id", name="an_active_partner_keeps_a_payer"),
                is_deferred=True,
                refusals={"an_active_partner_keeps_a_payer": INCOMPLETE},
            ),
        ]
        indexes = [GinIndex(OpClass(Folded("name"), name="gin_trgm_ops"), name="bill_tos_by_words")]

    def __str__(self) -> str:
        return f"{self.name}, {self.department}" if self.department else self.name

    def save(self, *args: Any, **options: Any) -> None:
        """A postcode of Liechtenstein says the country, which the form doesn't ask."""
        if self.country in ("CH", "LI"):
            self.country = country_of(self.postcode)
        super().save(*args, **options)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))

    def _not_ended(self) -> Self:
        return self.filter(ended_at__isnull=True, partner__status__in=lifecycle.READING)

    def live(self) -> Self:
        """What was accepted and goes on: only this gives a right."""
        return self._not_ended().filter(accepted_at__isnull=False)

    def approvers_of(self, partner: Partner) -> Self:
        """Those who may approve for an organisation today."""
        roles = (Membership.Role.SOCIAL_WORKER, Membership.Role.MANAGER)
        return self.live().filter(partner=partner, role__in=roles)

    def managers_of(self, partner: Partner) -> Self:
        """Those who manage an organisation today, the first one first."""
        return self.live().filter(partner=partner, role=Membership.Role.MANAGER).order_by("pk")

    def who_wrote(self, partner: str) -> Exists:
        """For steps: whether who took one is of the organisation itself; `partner` is the way from the step to it."""
        return Exists(self.filter(user=OuterRef("by"), partner=OuterRef(partner)))

    def pending(self) -> Self:
        """Invitations that the person has answered neither way."""
        return self._not_ended().filter(accepted_at__isnull=True)


class Membership(models.Model):
    """What a user may do in one organisation, once accepted.

    `invited_as` is the name the inviter typed: all that the organisation learns before the person accepts.
    """

    class Role(models.TextChoices):
        SOCIAL_WORKER = "social_worker", _("Social worker")
        MANAGER = "manager", _("Manager")
        ACCOUNTING = "accounting", _("Accounting")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    started_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(default=clock.now, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    invited_as = models.CharField(max_length=100, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_live_membership_per_role",
                violation_error_message=_("This person has this role already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.partner}"

    @property
    def is_pending(self) -> bool:
        return self.accepted_at is None

    @property
    def shown_name(self) -> str:
        """The person's name, before accepting only what was typed."""
        return (self.invited_as or self.user.email) if self.is_pending else str(self.user)
