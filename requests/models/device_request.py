import re
from functools import reduce
from operator import and_
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Concat, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from devices.models import Device
from partners.lifecycle import PartnerStatus
from partners.models import BillTo, Commune, Conversation, IntakeLink, Partner
from partners.models.map_change import tells_the_map
from people.models import User
from records import clock
from records.folding import BETWEEN_WORDS, Folded
from records.lifecycle import Lifecycle, Step
from records.numbers import NextNumber
from records.status import Next
from records.triggers import OF_ANOTHER, CompositeKey, same_partner
from requests import lifecycle
from requests.lifecycle import RequestStatus

SHORT_NUMBER = re.compile(r"R-?([0-9]{4})-([0-9]+)")

WHERE_IT_GOES = ("street", "house_number", "postcode", "town", "mobile")
CORRECTED_ALWAYS = (
    *("first_name", "last_name", "birth_year", "delivery", *WHERE_IT_GOES, "language"),
    *("purpose", "system", "proof", "keyboard"),
)


def name_words(prefix: str = "") -> SearchVector:
    """The words of a person's name, folded, as its index holds them."""
    return SearchVector(Folded(Concat(f"{prefix}first_name", Value(" "), f"{prefix}last_name")), config="simple")


def begins_with(word: str) -> SearchQuery:
    """That a word of a name begins so; what quotes, also once it is folded, is no letter."""
    text = models.TextField()
    quotes = (Value(r"['\\]"), Value(" "), Value("g"))
    letters = Func(Folded(Value(word)), *quotes, function="regexp_replace", output_field=text)
    quoted = Concat(Value("'"), letters, Value("':*"), output_field=text)
    return SearchQuery(quoted, config="simple", search_type="raw")


def case_part(nth: int) -> Func:
    """A part of a case reference in capitals, without leading zeros: "388" is the third of LT-2026-0388."""
    words = Func(Upper("case_reference"), Value("[^[:alnum:]]+"), Value(" "), Value("g"), function="regexp_replace")
    part = Func(words, Value(" "), Value(nth), function="split_part")
    return Func(part, Value("0"), function="ltrim", output_field=models.TextField())


def whole_number(text: str) -> str:
    """A request's number as it is written, also if it was typed without its zeros: "r-2026-304"."""
    short = SHORT_NUMBER.fullmatch(text.upper())
    return f"R-{short[1]}-{short[2]:0>6}" if short else text.upper()


class ExpectedBy(models.TextChoices):
    """What an expected day stands on, from the surest to none."""

    POST = "post", _("It is with Swiss Post, which mostly needs two working days.")
    LAPTOP = "laptop", _("A laptop is here for it.")
    SUPPLY = "supply", _("An estimate: if as many laptops come in as in the last three months.")
    NOTHING = "nothing", _("No day can be said yet: it depends on the laptops that come in.")


class DeclineReason(models.TextChoices):
    """Why an organisation says no; kept in the step as a code."""

    NOT_ENTITLED = "not_entitled", _("Not entitled by our rules")
    HAS_ONE = "has_one", _("The person has a device")
    OTHER_HELP = "other_help", _("Other help suits better")
    NO_ANSWER = "no_answer", _("The person did not answer")
    OWN_WISH = "own_wish", _("The person no longer wishes it")


class SendBackReason(models.TextChoices):
    """Why an approved request goes back to its organisation; kept in the step as a code."""

    ADDRESS = "address", _("The address is not clear")
    NEEDS = "needs", _("It is not clear what is needed")
    PROOF = "proof", _("The proof for Windows is missing or can’t be read")
    AGREED = "agreed", _("As agreed with you by phone")


class RejectReason(models.TextChoices):
    """Why the association says no; nothing here tells of another organisation's request."""

    NOTHING_SUITS = "nothing_suits", _("No laptop suits, and none is in sight")
    NOT_OURS = "not_ours", _("Not what the association gives laptops for")
    AGREED = "agreed", _("As agreed with you by phone")


class GiveUpReason(models.TextChoices):
    """Why no other laptop is sent after a parcel came back or was lost."""

    UNREACHABLE = "unreachable", _("The person can’t be reached")
    NOT_NEEDED = "not_needed", _("The laptop is no longer needed")
    AGREED = "agreed", _("As agreed with you by phone")


REASONS = {  # of the steps of a request, by their verb
    "decline": DeclineReason,
    "send_back": SendBackReason,
    "reject": RejectReason,
    "give_up": GiveUpReason,
}


class DeviceRequestQuerySet(models.QuerySet["DeviceRequest"]):
    def visible_to(self, user: User) -> Self:
        """The service desk and dispatch see all; social workers those of the partner they act for."""
        if user.acting_for:
            mine = self.filter(partner=user.acting_for)
            return mine if user.membership_roles & {"social_worker", "manager"} else mine.none()
        return self if user.has_role("admin", "dispatcher") else self.none()

    def queued(self) -> Self:
        """Approved requests of active partners that wait for a device, oldest approval first."""
        return self.filter(status=RequestStatus.APPROVED, partner__status=PartnerStatus.ACTIVE).order_by(
            "approved_at", "pk"
        )

    def left_over(self) -> Self:
        """What rests without a laptop at organisations that have ended: the association decides on it."""
        return self.filter(status__in=lifecycle.RESTING, partner__status=PartnerStatus.ENDED)

    def waiting_for(self, user: User) -> Self:
        """Those that wait for this reader."""
        theirs = [status for status in RequestStatus if status.next_step and status.next_step.waits_for(user)]
        rest = Q(status__in=lifecycle.RESTING) & ~Q(partner__status=PartnerStatus.ACTIVE)
        return self.filter(status__in=theirs).exclude(rest)

    def matching_words(self, text: str) -> Self:
        """Requests of this number, or in whose case reference a part begins with these words; never a name.

        Of a case reference, the first three parts count. Each has an index in the order of its letters: it says how
        many there are, so that many are read newest first and few are looked up.
        """
        text = text.upper()
        found = Q(number=whole_number(text)) | Q(case__startswith=text)
        words = [word.lstrip("0") for word in re.split(r"[\W_]+", text) if word]
        if words and words[0]:
            second = Q(second_part__startswith=words[0], case__contains=text)
            if len(words) > 1:  # the first may be a year, which all share
                second &= Q(third_part__startswith=words[1])
            found |= second | Q(third_part__startswith=words[0], case__contains=text)
        parts = {"case": Upper("case_reference"), "second_part": case_part(2), "third_part": case_part(3)}
        return self.alias(**parts).filter(found)

    def of_person(self, words: str) -> Self:
        """Requests of people of whose name a word begins with each of these, whatever the accents and capitals."""
        typed = [word for word in BETWEEN_WORDS.split(words) if word][:4]
        if not typed:
            return self.none()
        found = self.alias(words=name_words("recipient__")).filter(recipient__isnull=False)  # so it joins
        return found.filter(words=reduce(and_, map(begins_with, typed)))


class DeviceRequest(Lifecycle):
    """A partner's wish for one device for one person, from the first word to the doorstep."""

    Status, MOVES, NOTES, WAY = lifecycle.RequestStatus, lifecycle.MOVES, lifecycle.NOTES, lifecycle.WAY

    class Purpose(models.TextChoices):
        SCHOOL = "school", _("School")
        TRAINING = "training", _("Training")
        JOB_SEARCH = "job_search", _("Job search")
        EVERYDAY = "everyday", _("Everyday life")

    number = models.CharField(
        max_length=20, unique=True, editable=False, db_default=NextNumber("R", "request_number", with_year=True)
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="requests")
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.RECEIVED, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    intake_link = models.ForeignKey(
        IntakeLink, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    bill_to = models.ForeignKey(BillTo, models.PROTECT, null=True, related_name="requests")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="requests")
    case_reference = models.CharField(_("Your case reference"), max_length=40, blank=True)
    purpose = models.CharField(max_length=20, choices=Purpose)
    system = models.CharField(max_length=10, choices=Device.System, default=Device.System.LINUX)
    keyboard = models.CharField(max_length=10, choices=Device.Keyboard)
    delivery = models.CharField(max_length=10, choices=Partner.Delivery)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    received_at = models.DateTimeField(default=clock.now, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(default=clock.now, editable=False)
    # When it is at the door, worked out by the clock; it holds as long as the request is on its way.
    expected_on = models.DateField(null=True, editable=False)
    expected_by = models.CharField(max_length=10, choices=ExpectedBy, blank=True, db_default="", editable=False)
    proof = models.ForeignKey("documents.StoredFile", models.SET_NULL, null=True, editable=False, related_name="+")
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    conversation = models.OneToOneField(Conversation, models.PROTECT, null=True, editable=False, related_name="+")

    objects = DeviceRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "partner"], name="request_with_partner"),
            same_partner("bill_to", "partners.BillTo", name="request_bill_to_of_its_partner"),
            same_partner("intake_link", "partners.IntakeLink", name="request_link_of_its_partner"),
            CompositeKey(
                name="request_conversation_is_about_it",
                fields=["conversation", "partner", "number"],
                to="partners.Conversation",
                to_fields=["id", "partner", "request_number"],
                violation_error_message=OF_ANOTHER,
            ),
            # What the person who asks doesn't know; before anything is promised, somebody has added it.
            models.CheckConstraint(
                condition=Q(bill_to__isnull=False, commune__isnull=False) & ~Q(case_reference="")
                | Q(intake_link__isnull=False, status__in=[RequestStatus.RECEIVED, *lifecycle.ENDED_UNSENT]),
                name="only_what_was_asked_by_a_link_lacks_who_pays",
                violation_error_message=_("Add the commune, who pays and your case reference first."),
            ),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gt=0), name="request_price_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values),
                name="request_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RequestStatus.RECEIVED, *lifecycle.ENDED_UNSENT])
                | Q(price__isnull=False, approved_at__isnull=False),
                name="approved_request_has_a_price",
            ),
            models.CheckConstraint(
                condition=Q(system="linux") | Q(purpose="training"),
                name="windows_only_for_training",
            ),
            models.CheckConstraint(
                condition=Q(expected_on__isnull=True, expected_by__in=["", "nothing"])
                | Q(expected_on__isnull=False, expected_by__in=["laptop", "supply", "post"]),
                name="an_expected_day_stands_on_something",
            ),
            tells_the_map("map_follows_who_bears_the_cost", when=[], columns=["commune_id"]),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="requests_of_partner"),
            models.Index(fields=["partner", "status", "-id"], name="requests_of_partner_by_status"),
            models.Index(fields=["status", "-id"], name="requests_by_status"),
            models.Index(
                fields=["approved_at", "id"], condition=Q(status=RequestStatus.APPROVED), name="requests_queued"
            ),
            models.Index(fields=["received_at"], name="requests_by_day"),
            models.Index(OpClass(Upper("case_reference"), name="text_pattern_ops"), name="requests_by_case"),
            models.Index(OpClass(case_part(2), name="text_pattern_ops"), name="requests_by_second_part"),
            models.Index(OpClass(case_part(3), name="text_pattern_ops"), name="requests_by_third_part"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("requests:detail", args=[self.number])

    @property
    def expectation(self) -> Any:
        """What its expected day stands on; none before it is known, once it is past, and where nothing is to come."""
        is_past = self.expected_on is not None and self.expected_on < clock.today()
        is_told = self.expected_by and self.status in lifecycle.ON_THE_WAY and not is_past
        return ExpectedBy(self.expected_by) if is_told else None

    @property
    def is_complete(self) -> bool:
        """Whether it says what approval needs and a person who asks by a link doesn't know."""
        return bool(self.bill_to_id and self.commune_id and self.case_reference)

    @property
    def correctable(self) -> tuple[str, ...]:
        """The fields that its organisation may still correct; none once the parcel has left."""
        if self.status in lifecycle.CORRECTABLE:
            return (*CORRECTED_ALWAYS, "case_reference") if self.case_reference else CORRECTED_ALWAYS
        is_kept = self.status == RequestStatus.ALLOCATED and self.delivery == Partner.Delivery.PERSON
        return WHERE_IT_GOES if is_kept else ()

    @property
    def title(self) -> str:
        """What its organisation calls it: by the case reference, or by the number as long as there is none."""
        return self.case_reference or self.number

    @property
    def is_free(self) -> bool:
        """Whether it ended before a laptop left, so that nothing is charged."""
        return self.status in lifecycle.ENDED_UNSENT

    @property
    def next_step(self) -> Next:
        """What comes next and who acts; nothing as long as the organisation is not active."""
        if self.status not in lifecycle.RESTING or self.partner.is_active:
            return self.stage.next_step
        return lifecycle.RESTS if self.partner.status == PartnerStatus.ENDED else lifecycle.PAUSED


class RequestStep(Step):
    record = models.ForeignKey(DeviceRequest, models.PROTECT, related_name="steps")
