"""Mails: which door knows the reader and the words of which kind, and how one goes out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Variable
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from jobs.models import Claim
from records import clock
from records.status import Words

from .mail_words import fill, names_in, paragraphs
from .models import Mail, MailText

FOOT = "\n--\n"  # between what a mail says and who sends it why; that stays as it is


@dataclass(frozen=True)
class Envelope:
    """Where a mail goes, in which language, and what its templates need to know."""

    address: str
    language: str
    context: dict[str, Any] = field(default_factory=dict)


Door = Callable[[Mail], Envelope | None]
DOORS: dict[str, Door] = {}


class Name(NamedTuple):
    """What an own text of a mail may name in braces: where it stands in the envelope's context, and what it means.

    `link`: of an address, the words to press. Without one that `is_needed` a text is refused.
    """

    path: str
    means: Words
    example: Words
    in_subject: bool = False
    link: Words = ""
    is_needed: bool = False


class Kind(NamedTuple):
    """A kind of mail whose words an admin may change. `shown_with`: what its own text is shown with besides names."""

    title: Words
    names: Mapping[str, Name]
    shown_with: Mapping[str, Any]


KINDS: dict[str, Kind] = {}


class Written(NamedTuple):
    """What a mail says, as text and as HTML."""

    subject: str
    text: str
    html: str


class NotAccepted(Exception):
    """No server took the mail: the number of its answer, or what kind of error it was; never the address itself."""


def organisation(path: str) -> Name:
    """The organisation that a mail is about."""
    return Name(path, _("the organisation’s name"), "Sozialdienst Lindental", in_subject=True)


def link(words: Words, *, path: str = "url") -> Name:
    """The address that a mail leads to."""
    return Name(path, _("the link to the page"), "https://weitergabe.example.org/…", link=words, is_needed=True)


def mail(
    kind: str,
    title: Words = "",
    *,
    names: Mapping[str, Name] | None = None,
    shown_with: Mapping[str, Any] | None = None,
) -> Callable[[Door], Door]:
    """Register `door(mail)` for a kind such as "requests.approved".

    It returns an Envelope, or None for nothing to send. The words stand in `<app>/mail/<name>.txt`, whose first line is
    the subject, and `.html`. With `names` admins may write their own words under `/settings/mails/`.
    """

    def register(door: Door) -> Door:
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        if names is not None:
            KINDS[kind] = Kind(title, names, shown_with or {})
        return door

    return register


def render(kind: str, envelope: Envelope) -> EmailMultiAlternatives:
    """Write the mail in the reader's language: in our own words where somebody wrote some, else as it came."""
    with translation.override(envelope.language):
        written = _own(kind, envelope) or _original(kind, envelope.context)
    message = EmailMultiAlternatives(written.subject, written.text, to=[envelope.address])
    message.attach_alternative(written.html, "text/html")
    return message


def _about(context: Mapping[str, Any]) -> dict[str, Any]:
    frame = {"base_url": settings.BASE_URL, "association": settings.ASSOCIATION}
    return {**context, **frame, "language": translation.get_language()}


def _original(kind: str, context: Mapping[str, Any]) -> Written:
    app, _dot, name = kind.partition(".")
    subject, text = _subject_and_text(kind, context)
    return Written(subject, text, render_to_string(f"{app}/mail/{name}.html", _about(context)))


def _subject_and_text(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    app, _dot, name = kind.partition(".")
    written = render_to_string(f"{app}/mail/{name}.txt", _about(context)).strip()
    subject, _line, text = written.partition("\n")
    return subject.strip(), text.strip() + "\n"


def _own(kind: str, envelope: Envelope) -> Written | None:
    """The mail in an admin's words; None without any, or where something in braces has no value for this reader."""
    text = MailText.objects.current(kind, envelope.language) if kind in KINDS else None
    if text is None:
        return None
    context = Context(_about(envelope.context))
    known = KINDS[kind].names
    used = names_in(f"{text.subject} {text.body}")
    if not known.keys() >= set(used):  # of a version before
        return None
    values = {name: str(Variable(known[name].path).resolve(context)) for name in used}
    return write(kind, text.subject, text.body, values, envelope.context) if all(values.values()) else None


def write(kind: str, subject: str, body: str, values: Mapping[str, str], context: Mapping[str, Any]) -> Written:
    """A mail in given words, in the language that is spoken now; its foot is the original's."""
    _subject, original = _subject_and_text(kind, context)
    foot = original.rpartition(FOOT)[2].strip()
    links = {name: str(about.link) for name, about in KINDS[kind].names.items() if about.link}
    shown = {"paragraphs": paragraphs(body, values, links), "why": foot.partition("\n")[2]}
    html = render_to_string("mail/own_words.html", _about(shown))
    return Written(" ".join(fill(subject, values).split()), f"{fill(body, values)}\n{FOOT}{foot}\n", html)


def original_words(kind: str, language: str) -> tuple[str, str]:
    """Subject and text as they come along, without the foot, with the names in braces."""
    with translation.override(language):
        subject, text = _subject_and_text(kind, _with_each(kind, lambda name, about: f"{{{name}}}"))
    return subject, re.sub(r"\n{3,}", "\n\n", text.rpartition(FOOT)[0]).strip()


def example(kind: str, language: str, subject: str, body: str) -> Written:
    """How a mail in these words reads to somebody made up."""
    with translation.override(language):
        values = {name: str(about.example) for name, about in KINDS[kind].names.items()}
        return write(kind, subject, body, values, _with_each(kind, lambda name, about: about.example))


def _with_each(kind: str, value: Callable[[str, Name], Words]) -> dict[str, Any]:
    """A context in which each name's place holds what is given for it."""
    context: dict[str, Any] = {**KINDS[kind].shown_with}
    for name, about in KINDS[kind].names.items():
        *outer, last = about.path.split(".")
        place = context
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value(name, about)
    return context


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
