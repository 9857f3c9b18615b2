"""Mails: which door knows the reader and the words of which kind, and how one goes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from jobs.models import Claim
from records import clock

from .models import Mail


@dataclass(frozen=True)
class Envelope:
    """Where a mail goes, in which language, and what its templates need to know."""

    address: str
    language: str
    context: dict[str, Any] = field(default_factory=dict)


Door = Callable[[Mail], Envelope | None]
DOORS: dict[str, Door] = {}


class NotAccepted(Exception):
    """No server took the mail: the number of its answer, or what kind of error it was; never the address itself."""


def mail(kind: str) -> Callable[[Door], Door]:
    """Register `door(mail)` for a kind such as "requests.approved".

    It returns an Envelope, or None for nothing to send. The words stand in `<app>/mail/<name>.txt`, whose first line is
    the subject, and `.html`.
    """

    def register(door: Door) -> Door:
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        return door

    return register


def render(kind: str, envelope: Envelope) -> EmailMultiAlternatives:
    """Write the mail in the reader's language."""
    app, _dot, name = kind.partition(".")
    context = envelope.context | {"base_url": settings.BASE_URL, "association": settings.ASSOCIATION}
    with translation.override(envelope.language):
        context["language"] = envelope.language
        subject, _line, text = render_to_string(f"{app}/mail/{name}.txt", context).strip().partition("\n")
        html = render_to_string(f"{app}/mail/{name}.html", context)
    message = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[envelope.address])
    message.attach_alternative(html, "text/html")
    return message


def send(row: Mail, claim: Claim) -> None:
    """Render and send a planned mail; what has gone out is not sent again."""
    if row.outcome != Mail.Outcome.PLANNED:
        return
    envelope = DOORS[row.kind](row)
    if envelope is None:
        with claim.held():
            _save_outcome(row, Mail.Outcome.NOT_SENT)
        return
    message = render(row.kind, envelope)
    row.message_id = f"<mail-{row.pk}@{urlsplit(settings.BASE_URL).hostname}>"
    message.extra_headers["Message-ID"] = row.message_id  # the same at a second attempt: readers see it once
    hand_to_server(message)
    with claim.held():
        _save_outcome(row, Mail.Outcome.SENT)


def hand_to_server(message: EmailMultiAlternatives) -> None:
    """Give a mail to the server; whatever it answers, the error says nothing of the reader. Raises OSError, too."""
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        raise NotAccepted(*(number for number, _words in error.recipients.values())) from None
    except SMTPResponseException as error:
        raise NotAccepted(error.smtp_code) from None
    except (SMTPException, ValueError) as error:  # what is no address is quoted whole
        raise NotAccepted(type(error).__name__) from None


def _save_outcome(row: Mail, outcome: Mail.Outcome) -> None:
    row.outcome, row.sent_at = outcome, clock.now()
    row.save(update_fields=["outcome", "sent_at", "message_id"])
