"""The demo's mails in the browser: they land as files in DATA_DIR/mail, and nobody else would see them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.shortcuts import render

FILES = "django.core.mail.backends.filebased.EmailBackend"
NEWEST = 50
END = b"-" * 79 + b"\n"  # what Django writes after each mail


def public_in_demo(view):
    """Let anybody in while this is a demo; elsewhere the page does not exist, for nobody."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    guarded.access = "public in demo"
    return guarded


@dataclass(frozen=True)
class DemoMail:
    """One mail as it was written to its file."""

    name: str
    sent_at: datetime
    to: str
    subject: str
    text: str


@public_in_demo
def index(request):
    """The newest mails first."""
    mails = list(islice(_mails(), NEWEST))
    return render(request, "demo_mail/list.html", {"mails": mails, "to_files": settings.EMAIL_BACKEND == FILES})


@public_in_demo
def show(request, name):
    """One mail with its words; links in it can be followed."""
    found = next((mail for mail in _mails() if mail.name == name), None)
    if found is None:
        raise Http404
    return render(request, "demo_mail/detail.html", {"mail": found})


def _mails():
    """The mails, newest first. Files are named by the second: two of one second may share a file."""
    paths = Path(settings.EMAIL_FILE_PATH).glob("*.log")
    for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        parts = [part for part in path.read_bytes().split(END) if part.strip()]
        for index in reversed(range(len(parts))):
            yield _read(parts[index], f"{path.stem}-{index}", datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _read(content, name, sent_at):
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content().strip() if body else ""
    return DemoMail(name=name, sent_at=sent_at, to=message["To"], subject=message["Subject"], text=text)
