import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.models import StoredFile
from people.models import AssociationRole, User
from records import clock
from records.triggers import RowsStay, Trigger

from .partner import Partner

DESK_ROLES = (AssociationRole.Role.ADMIN, AssociationRole.Role.DISPATCHER)

# Erasing a person's data empties what was written about them; nobody writes other words in their place.
ONLY_EMPTIED = """
BEGIN
  IF NEW.text <> OLD.text AND NEW.text <> '' THEN
    RAISE EXCEPTION 'words of a message change' USING ERRCODE = '23514', CONSTRAINT = 'a_message_is_only_emptied';
  END IF;
  RETURN NEW;
END
"""


def desk_people() -> models.QuerySet[User]:
    """Who answers organisations: the association's admins and dispatchers."""
    holding = AssociationRole.objects.live().filter(role__in=DESK_ROLES)
    return User.objects.filter(pk__in=holding.values("user"), is_active=True).order_by("name", "pk")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> Self:
        """The service desk and dispatch read all; social workers and managers those of the partner they act for."""
        if user.acting_for:
            mine = self.filter(partner=user.acting_for)
            return mine if user.membership_roles & {"social_worker", "manager"} else mine.none()
        return self if user.has_role(*DESK_ROLES) else self.none()

    def waiting_for(self, side: str) -> Self:
        """Those that wait for an answer of one side."""
        return self.filter(closed_at__isnull=True, waits_for=side)

    def for_me_or_nobody(self, user: User) -> Self:
        """Those that this person of the desk has to look after: their own, and whose owner is nobody at the desk."""
        others = desk_people().exclude(pk=user.pk)
        return self.filter(Q(owner__isnull=True) | ~Q(owner__in=others.order_by().values("pk")))

    def unopened_since(self, moment: datetime) -> Self:
        """Those that have waited for the association since before a moment, and nobody there has opened."""
        opened = Reading.objects.filter(
            conversation=OuterRef("pk"), is_association=True, last_message__gte=OuterRef("last_message_id")
        )
        told = UnopenedReminder.objects.filter(conversation=OuterRef("pk"), since=OuterRef("waiting_since"))
        late = self.waiting_for(Conversation.Side.ASSOCIATION).filter(waiting_since__lte=moment)
        return late.filter(~Exists(opened), ~Exists(told))

    def with_unread(self, user: User) -> Any:
        """Each with `is_unread`: whether this person has not seen its last message."""
        seen = Reading.objects.filter(
            conversation=OuterRef("pk"), user=user, last_message__gte=OuterRef("last_message_id")
        )
        return self.annotate(is_unread=~Exists(seen))


class ConversationSide(models.TextChoices):
    ASSOCIATION = "association", _("The association")
    PARTNER = "partner", _("The organisation")


class Conversation(models.Model):
    """What an organisation and the association write to each other: about one request, or a question of its own.

    `request_number` names the request, and a key of `requests` holds that to be true. `owner` looks after it at the
    association, `colleague` in the organisation. Closed or open, it says who is to write next and since when.
    """

    Side = ConversationSide

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="conversations")
    request_number = models.CharField(max_length=20, blank=True, editable=False)
    topic = models.CharField(_("What is it about?"), max_length=100, blank=True)
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    waits_for = models.CharField(max_length=12, choices=ConversationSide)
    waiting_since = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    last_message = models.OneToOneField(
        "ConversationMessage", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ConversationQuerySet.as_manager()

    if TYPE_CHECKING:
        last_message_id: int | None
        owner_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "partner", "request_number"], name="conversation_with_request"),
            models.UniqueConstraint(
                fields=["request_number"], condition=~Q(request_number=""), name="one_conversation_per_request"
            ),
            models.CheckConstraint(
                condition=Q(request_number="") & ~Q(topic="") | ~Q(request_number="") & Q(topic=""),
                name="a_conversation_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(waits_for__in=ConversationSide.values), name="a_conversation_waits_for_a_side"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="somebody_closed_a_conversation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waits_for", "waiting_since", "id"],
                condition=Q(closed_at__isnull=True),
                name="conversations_that_wait",
            ),
            models.Index(fields=["partner", "-last_message"], name="conversations_of_partner"),
        ]

    def __str__(self) -> str:
        return self.topic or self.request_number

    def get_absolute_url(self) -> str:
        """Where it is read: on the page of its request, or on one of its own."""
        if self.request_number:
            return reverse("requests:detail", args=[self.request_number]) + "#conversation"
        return reverse("partners:question", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ConversationMessageQuerySet(models.QuerySet["ConversationMessage"]):
    def visible_to(self, user: User) -> Self:
        """Those of the conversations that this person reads; the association's notes are its own."""
        of_mine = self.filter(conversation__in=Conversation.objects.visible_to(user))
        return of_mine.filter(is_internal=False) if user.acting_for else of_mine


class ConversationMessage(models.Model):
    """What one side wrote to the other, or with `is_internal` the association for itself.

    Its words can be emptied, when a person's data are erased, and never become others.
    """

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_from_association = models.BooleanField()
    is_internal = models.BooleanField(default=False)
    text = models.TextField(_("Message"), max_length=4000, blank=True)
    at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True)
    form_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = ConversationMessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(erased_at__isnull=True) | Q(text="", erased_at__isnull=False),
                name="a_message_has_words_until_they_are_erased",
            ),
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(is_from_association=True),
                name="only_the_association_keeps_notes",
            ),
            RowsStay(
                name="partners_conversationmessage_stays",
                fields=["conversation", "by", "is_from_association", "is_internal", "at"],
            ),
            Trigger(
                name="a_message_is_only_emptied",
                when="BEFORE UPDATE OF text",
                body=ONLY_EMPTIED,
                refusals={"a_message_is_only_emptied": _("What was sent stays as it is. Nothing was changed.")},
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation}, {self.at:%Y-%m-%d}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Those of the messages that this person reads."""
        return self.filter(message__in=ConversationMessage.objects.visible_to(user))


class Attachment(models.Model):
    """A file that came with a message; without `file` it was erased."""

    message = models.ForeignKey(ConversationMessage, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file or "–")


class ReadingManager(models.Manager["Reading"]):
    def mark_read(self, conversation: Conversation, user: User, *, up_to: int) -> None:
        """Write down that somebody has seen a conversation up to a message, by its key."""
        self.bulk_create(
            [
                self.model(
                    conversation=conversation,
                    user=user,
                    is_association=user.is_association,
                    last_message=up_to,
                )
            ],
            update_conflicts=True,
            unique_fields=["conversation", "user"],
            update_fields=["last_message", "is_association"],
        )


class Reading(models.Model):
    """Up to which message somebody has seen a conversation, by its key."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_association = models.BooleanField()
    last_message = models.BigIntegerField()

    objects = ReadingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="one_reading_per_conversation_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.conversation}"


class UnopenedReminder(models.Model):
    """That the team's mailbox was told of a conversation which nobody has opened; once for each time it waits."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="unopened_reminders")
    since = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "since"], name="told_once_of_what_nobody_opens"),
            RowsStay(name="partners_unopenedreminder_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation}, {self.since:%Y-%m-%d}"
