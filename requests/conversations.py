"""What is written about a request between its organisation and the association."""

import uuid
from collections.abc import Iterable
from typing import IO

from django.db import transaction

from partners.actions import open_conversation, refuse_on_behalf, write_message
from partners.models import ConversationMessage
from people.models import User

from .models import DeviceRequest


@transaction.atomic
def write_about(
    device_request: DeviceRequest, *, text: str, by: User, form_token: uuid.UUID, files: Iterable[IO[bytes]] = ()
) -> ConversationMessage:
    """Write to the other side about a request; its conversation begins with the first message."""
    refuse_on_behalf(by)
    device_request.lock()  # two that begin at once share one conversation
    if device_request.conversation is None:
        colleague = by if by.acting_for else device_request.owner
        device_request.conversation = open_conversation(
            device_request.partner, by=by, colleague=colleague, request_number=device_request.number
        )
        device_request.save(update_fields=["conversation"])
    return write_message(device_request.conversation, text=text, by=by, form_token=form_token, files=files)
