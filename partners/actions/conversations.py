"""What organisations and the association write to each other, who looks after it, and when it is done."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Mail, StoredFile
from documents.uploads import ENDINGS, detect_media_type
from partners.models import (
    Attachment,
    Conversation,
    ConversationMessage,
    Membership,
    Partner,
    Policy,
    PolicyChange,
    Reading,
    UnopenedReminder,
    desk_people,
)
from people.models import User
from records import clock
from records.policy import keep as keep_policy
from records.refusals import Refused

from .behalf import refuse_on_behalf

UNOPENED = 3  # working days until the team's mailbox is told
MESSAGE_MAIL, UNOPENED_MAIL = "partners.message", "partners.unopened"


@transaction.atomic
def begin_conversation(
    partner: Partner,
    *,
    topic: str,
    text: str,
    by: User,
    form_token: uuid.UUID,
    attachments: Iterable[IO[bytes]] = (),
) -> Conversation:
    """Begin a conversation without a request; the same form sent twice is sent once."""
    refuse_on_behalf(by)
    partner.lock()  # whoever presses twice waits here
    if sent := _sent(form_token, by):
        return sent.conversation
    conversation = open_conversation(partner, topic=topic, colleague=by if by.acting_for else None, by=by)
    write_message(conversation, text=text, by=by, form_token=form_token, attachments=attachments)
    return conversation


def open_conversation(
    partner: Partner, *, by: User, colleague: User | None, topic: str = "", request_number: str = ""
) -> Conversation:
    """Make the row of a conversation that is about to begin; the caller has locked what it is about."""
    return Conversation.objects.create(
        partner=partner,
        topic=topic,
        request_number=request_number,
        colleague=colleague,
        owner=by if by.is_association else None,
        waits_for=_other_side(by),
    )


@transaction.atomic
def write_message(
    conversation: Conversation,
    *,
    text: str,
    by: User,
    form_token: uuid.UUID,
    attachments: Iterable[IO[bytes]] = (),
    closing: bool = False,
) -> ConversationMessage:
    """Write to the other side, which is told by mail, and close the conversation or not; sent twice is as sent once.

    What was closed is open again, unless this closes it.
    """
    refuse_on_behalf(by)
    _lock(conversation)
    if sent := _sent(form_token, by):
        return sent
    message = _keep(conversation, text, by=by, form_token=form_token, attachments=attachments)
    side = _other_side(by)
    if conversation.waits_for != side or conversation.closed_at or conversation.last_message_id is None:
        conversation.waits_for, conversation.waiting_since = side, message.at
    conversation.closed_at, conversation.closed_by = (message.at, by) if closing else (None, None)
    conversation.last_message = message
    if by.is_association and conversation.owner is None:
        conversation.owner = by
    conversation.save(update_fields=["waits_for", "waiting_since", "closed_at", "closed_by", "last_message", "owner"])
    Reading.objects.mark_read(conversation, by, up_to=message.pk)
    for reader in _readers(conversation, side):
        Mail.objects.plan(MESSAGE_MAIL, message, reader=reader)
    return message


@transaction.atomic
def write_note(
    conversation: Conversation, *, text: str, by: User, form_token: uuid.UUID, attachments: Iterable[IO[bytes]] = ()
) -> ConversationMessage:
    """Keep a note that only the association reads; nobody is told, and nothing is answered by it."""
    _lock(conversation)
    return _sent(form_token, by) or _keep(
        conversation, text, by=by, form_token=form_token, attachments=attachments, is_internal=True
    )


@transaction.atomic
def close_conversation(conversation: Conversation, *, by: User) -> None:
    """Say that nothing is open any more; twice is as once. Whoever writes opens it again."""
    refuse_on_behalf(by)
    _lock(conversation)
    if conversation.is_open:
        conversation.closed_at, conversation.closed_by = clock.now(), by
        conversation.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def reopen_conversation(conversation: Conversation, *, by: User) -> None:
    """Let a closed conversation wait again for whom it waited before."""
    refuse_on_behalf(by)
    _lock(conversation)
    conversation.closed_at = conversation.closed_by = None
    conversation.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def hand_over(conversation: Conversation, to: User) -> None:
    """Have somebody else of the desk look after a conversation, or oneself."""
    _lock(conversation)
    _refuse_who_does_not_answer(to)
    conversation.owner = to
    conversation.save(update_fields=["owner"])


@transaction.atomic
def hand_over_all(of: User, to: User) -> int:
    """Have somebody else look after all open conversations of a person; how many there were."""
    _refuse_who_does_not_answer(to)
    theirs = Conversation.objects.filter(owner=of, closed_at__isnull=True).order_by("pk").select_for_update()
    return Conversation.objects.filter(pk__in=[row.pk for row in theirs]).update(owner=to)


def remind_unopened() -> None:
    """Tell the team's mailbox what nobody has opened for three working days, each once; the clock does it."""
    for found in Conversation.objects.unopened_since(working_days_before(clock.now(), UNOPENED))[:100]:
        with transaction.atomic():
            since = found.waiting_since
            reminder, is_new = UnopenedReminder.objects.get_or_create(conversation=found, since=since)
            if is_new:
                Mail.objects.plan(UNOPENED_MAIL, reminder)


def working_days_before(moment: datetime, days: int) -> datetime:
    """The same time of day, so many days from Monday to Friday earlier."""
    local = timezone.localtime(moment)
    while days:
        local -= timedelta(days=1)
        days -= local.weekday() < 5
    return local


def set_policy(policy: Policy, changed: list[str], *, by: User) -> None:
    """Keep what was changed, and write down from what to what."""
    keep_policy(policy, changed, by=by, changes=PolicyChange)


def _lock(conversation: Conversation) -> None:
    """Lock the row and read it again."""
    conversation.refresh_from_db(from_queryset=Conversation.objects.select_for_update(of=("self",)))


def _sent(form_token: uuid.UUID, by: User) -> ConversationMessage | None:
    """What was sent by this form already."""
    return ConversationMessage.objects.filter(form_token=form_token, by=by).select_related("conversation").first()


def _other_side(by: User) -> str:
    return Conversation.Side.PARTNER if by.is_association else Conversation.Side.ASSOCIATION


def _keep(
    conversation: Conversation,
    text: str,
    *,
    by: User,
    form_token: uuid.UUID,
    attachments: Iterable[IO[bytes]],
    is_internal: bool = False,
) -> ConversationMessage:
    message = conversation.messages.create(
        by=by, is_from_association=by.is_association, is_internal=is_internal, text=text, form_token=form_token
    )
    for file in attachments:
        content = file.read()
        media_type = detect_media_type(content) or ""
        stem = PurePath(file.name or "").stem[:100] or _("file")
        name = f"{stem}.{ENDINGS[media_type]}"
        Attachment.objects.create(
            message=message, file=StoredFile.objects.store(content, media_type=media_type, name=name)
        )
    return message


def _readers(conversation: Conversation, side: str) -> list[User]:
    """Who is told of a message: whoever looks after it on that side; in an organisation else its managers."""
    if side == Conversation.Side.ASSOCIATION:
        return [user for user in desk_people() if user.pk == conversation.owner_id]
    members = Membership.objects.live().filter(partner=conversation.partner, user__is_active=True)
    colleague = members.filter(user=conversation.colleague_id, role__in=("social_worker", "manager"))
    if first := colleague.select_related("user").first():
        return [first.user]
    return [row.user for row in Membership.objects.managers_of(conversation.partner).select_related("user")]


def _refuse_who_does_not_answer(user: User) -> None:
    if not desk_people().filter(pk=user.pk).exists():
        raise Refused(_("This person does not answer organisations: only admins and dispatchers do."))
