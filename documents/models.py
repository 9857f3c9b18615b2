import hashlib
import os
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from jobs.models import Batch, Job, job_subject
from people.models import User
from records import clock
from records.triggers import RowsStay

KEPT = timedelta(days=1)  # how long bytes may wait for the row that names them


class StoredFileManager(models.Manager["StoredFile"]):
    def store(self, content: bytes, *, media_type: str, name: str) -> "StoredFile":
        """Write bytes to disk, synced, and then the row; a rollback leaves bytes that no row names."""
        stored = self.model(
            key=uuid.uuid4(),
            media_type=media_type,
            name=name,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        folder = stored.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        with stored.path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        for place in (folder, folder.parent):  # the file's name, and the folder's if it is new
            _sync(place)
        stored.save(force_insert=True)
        return stored

    def sweep(self) -> int:
        """Remove bytes that no row names, a day after they were written; gives back how many files went."""
        yesterday = time.time() - KEPT.total_seconds()
        old = [file for file in Path(settings.MEDIA_ROOT).glob("??/*-*-*-*-*") if file.stat().st_mtime < yesterday]
        named = {str(key) for key in self.values_list("key", flat=True).iterator()}
        orphans = [file for file in old if file.name not in named]
        for file in orphans:
            file.unlink(missing_ok=True)
        return len(orphans)


def _sync(folder: Path) -> None:
    """Make the names in a folder last through a loss of power, as fsync does for a file's bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class StoredFile(models.Model):
    """Bytes on disk under a random key, never under their hash: nothing is shared across partners."""

    key = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    objects = StoredFileManager()

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        key = str(self.key)
        return Path(settings.MEDIA_ROOT) / key[:2] / key

    def read(self) -> bytes:
        return self.path.read_bytes()

    def erase(self) -> None:
        """Remove the row, and the bytes once that is committed."""
        path = self.path
        self.delete()
        transaction.on_commit(partial(path.unlink, missing_ok=True))


class MailManager(models.Manager["Mail"]):
    def plan(self, kind: str, about: models.Model, *, reader: User | None = None) -> "Mail":
        """Write down a mail about a record and the job that sends it."""
        mail = self.create(kind=kind, subject=job_subject(about), reader=reader)
        Job.objects.plan("documents.send_mail", mail)
        return mail

    def is_on_its_way(self, kind: str, about: models.Model) -> bool:
        """Whether such a mail about a record is planned and not out yet; a lock keeps a second press behind."""
        planned = self.filter(kind=kind, subject=job_subject(about), outcome=Mail.Outcome.PLANNED)
        jobs = Job.objects.unfinished_for_many("documents.send_mail", planned)
        return any(job.is_under_way for job in jobs.values())

    @transaction.atomic(savepoint=False)
    def plan_many(self, kind: str, mails: Iterable[tuple[models.Model, int]], *, batch: Batch) -> None:
        """The same for many, each a record and its reader's key, in a few statements per thousand."""
        rows = [self.model(kind=kind, subject=job_subject(about), reader_id=reader) for about, reader in mails]
        Job.objects.plan_many("documents.send_mail", self.bulk_create(rows, batch_size=1000), batch=batch)


class Mail(models.Model):
    """A mail to one reader about one record: rendered when it is sent, no body and no address kept.

    `reader` is empty when the kind's door finds the address in the record.
    """

    class Outcome(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        NOT_SENT = "not_sent"

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PLANNED)
    message_id = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    objects = MailManager()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def key(self) -> str:
        return self.subject.rpartition(":")[2]


class MailTextManager(models.Manager["MailText"]):
    def current(self, kind: str, language: str) -> "MailText | None":
        """The association's own words; None where the mail goes out as it came."""
        newest = self.filter(kind=kind, language=language).order_by("-pk").first()
        return newest if newest and newest.subject else None

    def write(self, kind: str, language: str, *, subject: str, body: str, by: User) -> bool:
        """Have a kind of mail say this from now on, or with empty words what it came with; False if it does already."""
        now = self.current(kind, language)
        if (now.subject, now.body) == (subject, body) if now else not subject:
            return False
        self.create(kind=kind, language=language, subject=subject, body=body, by=by)
        return True


class MailText(models.Model):
    """Words of the association's own for a kind of mail in one language, with names in braces; the newest row holds.

    Both empty: back to what comes along.
    """

    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField(max_length=4000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = MailTextManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject="", body="") | ~models.Q(subject="") & ~models.Q(body=""),
                name="a_mail_text_is_whole_or_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=[code for code, _name in settings.LANGUAGES]),
                name="mail_text_language_is_known",
            ),
            RowsStay(name="documents_mailtext_stays"),
        ]
        indexes = [models.Index(fields=["kind", "language", "-id"], name="mail_texts_newest")]

    def __str__(self) -> str:
        return f"{self.kind}, {self.language}"
