import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from django.conf import settings
from django.db import Error, IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import User
from records import clock

from .doorbell import ring
from .registry import TITLES

LEASE = timedelta(seconds=20)
RENEWED_EVERY = 5  # seconds: three renewals may fail before anybody else takes the job
ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
ANSWERS_KEPT = timedelta(days=7)
log = structlog.get_logger(__name__)


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> Self:
        """Who pressed the button, and admins. The pages of a role's own work show its batches to all of that role."""
        return self if user.has_role("admin") else self.filter(owner=user)

    def of_kind(self, kind: str) -> Self:
        """Those that have jobs of a kind, in whatever state."""
        return self.filter(models.Exists(Job.objects.filter(batch=models.OuterRef("pk"), kind=kind)))

    def under_way(self, kind: str | None = None) -> Self:
        """Those with a job that waits or runs, of one kind or of any; the newest first."""
        jobs = Job.objects.under_way()
        if kind:
            jobs = jobs.filter(kind=kind)
        return self.filter(pk__in=jobs.values("batch")).order_by("-pk")


class Batch(models.Model):
    """The jobs of one button press, for one progress bar."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acting_for_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    objects = BatchQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:batch", args=[self.token])

    def progress(self) -> dict[str, int]:
        """How many of the jobs are done, dead and there at all, and whether it is `over`: one query."""
        counts = self.jobs.aggregate(
            done=models.Count("pk", filter=Q(state=Job.State.DONE)),
            dead=models.Count("pk", filter=Q(state=Job.State.DEAD)),
            total=models.Count("pk"),
        )
        return counts | {"over": counts["done"] + counts["dead"] == counts["total"]}


class JobQuerySet(models.QuerySet["Job"]):
    def plan(
        self, kind: str, about: models.Model, *, batch: Batch | None = None, due_at: datetime | None = None
    ) -> None:
        """Write down a job about a record and ring for it after commit; one waiting job per (kind, subject)."""
        self.plan_many(kind, [about], batch=batch, due_at=due_at)

    def plan_many(
        self, kind: str, records: Iterable[models.Model], *, batch: Batch | None = None, due_at: datetime | None = None
    ) -> None:
        """Write down one job per record in one statement per thousand; what waits already is not doubled.

        It is locked: a worker that took it now would not see what this transaction has written.
        """
        due_at = due_at or clock.now()
        subjects = [job_subject(record) for record in records]
        with transaction.atomic(savepoint=False):
            while subjects:  # again for what a worker took between the two statements
                self.bulk_create(
                    [Job(kind=kind, subject=subject, batch=batch, due_at=due_at) for subject in subjects],
                    ignore_conflicts=True,
                    batch_size=1000,
                )
                same = self.filter(kind=kind, subject__in=subjects, state=Job.State.WAITING).order_by("pk")
                waiting = list(same.select_for_update())
                self.ring(*waiting)
                planned = {job.subject for job in waiting}
                subjects = [subject for subject in subjects if subject not in planned]

    def ring(self, *jobs: "Job") -> None:
        """Ring for these jobs once the transaction has committed; stop when the broker is away."""
        transaction.on_commit(lambda: all(ring(job.pk) for job in jobs))

    def unfinished_for(self, kind: str, about: models.Model) -> "Job | None":
        """The job of a kind about one record while it waits, runs or is given up; None if it is done or never was."""
        return self.unfinished_for_many(kind, [about]).get(about.pk)

    def unfinished_for_many(self, kind: str, records: Iterable[models.Model]) -> dict[Any, "Job"]:
        """The same for several records at once, by their keys, each job with its batch: one query.

        Of several jobs about a record, one that is under way counts, else the one that was given up last. Done jobs
        are left out: what they made is in the record, and no index leads to them.
        """
        keys = {job_subject(record): record.pk for record in records}
        jobs = (self.under_way() | self.dead()).filter(kind=kind, subject__in=keys).select_related("batch")
        in_order = jobs.order_by(F("ended_at").asc(nulls_last=True), "pk")  # of those about one record, the last counts
        return {keys[job.subject]: job for job in in_order}

    def due(self) -> Self:
        """What a worker may take: waiting and due, or running on a lease that has ended."""
        now = clock.now()
        return self.filter(
            Q(state=Job.State.WAITING, due_at__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )

    def dead(self) -> Self:
        return self.filter(state=Job.State.DEAD)

    def under_way(self) -> Self:
        return self.filter(state__in=Job.UNDER_WAY)


def job_subject(record: models.Model) -> str:
    """The subject of a job: app, model and key, and nothing else."""
    return f"{record._meta.label_lower}:{record.pk}"


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class Job(models.Model):
    """Something to be done, written in the same transaction as what it is about.

    The row is the truth; Celery's message is only a doorbell. `error` is a sentence for anybody if `is_refused`, else a
    class and its words, for who mends it.
    """

    State = JobState

    UNDER_WAY = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    error = models.TextField(blank=True)
    is_refused = models.BooleanField(default=False, db_default=False)  # also for a process of the version before
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="jobs")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    record: Any  # what it is about, where a page has looked for it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state="waiting"),
                name="one_waiting_job_per_subject",
                violation_error_message=_("The same job waits already."),
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(token__isnull=False, lease_until__isnull=False),
                name="running_job_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "running"]), name="jobs_due"),
            models.Index(fields=["-ended_at"], condition=Q(state="dead"), name="jobs_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def key(self) -> str:
        return self.subject.rpartition(":")[2]

    @property
    def title(self) -> str:
        """What it does, as a person reads it."""
        return str(TITLES.get(self.kind, _("Something of an earlier version")))

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def is_dead(self) -> bool:
        return self.state == self.State.DEAD

    @property
    def refusal(self) -> str:
        """Why a dead job was refused, as a sentence for whoever reads; empty if it broke."""
        return self.error if self.is_dead and self.is_refused else ""

    @transaction.atomic
    def claim(self) -> "Claim | None":
        """Take the job with a lease and a fresh token; None if it is not due, another worker has it, or it is locked.

        Whoever locks it is about to end it, or plans it again and will ring.
        """
        try:
            self.refresh_from_db(from_queryset=Job.objects.due().select_for_update(skip_locked=True))
        except Job.DoesNotExist:
            return None
        token = uuid.uuid4()
        self.state, self.token, self.lease_until = self.State.RUNNING, token, clock.now() + LEASE
        self.attempts += 1
        self.save(update_fields=["state", "token", "lease_until", "attempts"])
        return Claim(self, token)


class LostClaim(Exception):
    """The lease ran out and another worker has the job: nothing may be written."""


class Claim:
    """A worker's hold on a job, good only while the row still carries its token."""

    def __init__(self, job: Job, token: uuid.UUID) -> None:
        self.job, self.token = job, token
        self.ended = False

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Keep the job for as long as the work in here lasts: a thread renews its lease, and dies with its worker."""
        over = threading.Event()
        renewing = threading.Thread(target=self._renew_until, args=[over], daemon=True)
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()

    def _renew_until(self, over: threading.Event) -> None:
        while not over.wait(RENEWED_EVERY):
            try:
                self._renew()
            except Error as error:
                log.warning("lease_not_renewed", job=self.job.pk, error=type(error).__name__)
            finally:
                connection.close()  # this thread's own

    @transaction.atomic
    def _renew(self) -> None:
        """Only what is still ours; while it is held, its lock keeps everybody off."""
        mine = Job.objects.filter(pk=self.job.pk, token=self.token).select_for_update(skip_locked=True)
        Job.objects.filter(pk__in=mine.values("pk")).update(lease_until=clock.now() + LEASE)

    @transaction.atomic
    def _end(self, **columns: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, token=self.token, state=Job.State.RUNNING)
        if not mine.update(**columns):
            raise LostClaim(str(self.job))
        self.ended = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """A transaction that commits only if the job is still ours, and ends the job with it."""
        with transaction.atomic():
            if not Job.objects.select_for_update().filter(pk=self.job.pk, token=self.token).exists():
                raise LostClaim(str(self.job))
            yield
            self.finish()

    def finish(self) -> None:
        self._end(state=Job.State.DONE, ended_at=clock.now(), token=None, lease_until=None)

    def fail(self, error: str) -> None:
        """Put the job back with a growing pause, or give it up after the last attempt."""
        if self.job.attempts >= ATTEMPTS:
            self.give_up(error)
            return
        now = clock.now()
        pause = FIRST_PAUSE * 2 ** (self.job.attempts - 1)
        try:
            self._end(
                state=Job.State.WAITING,
                error=error,
                is_refused=False,
                due_at=now + pause,
                token=None,
                lease_until=None,
            )
        except IntegrityError:  # a newer one waits already and does the same work
            self._end(state=Job.State.DONE, error=error, ended_at=now, token=None, lease_until=None)

    def give_up(self, error: str, *, is_refused: bool = False) -> None:
        """End the job for good, until a person has it tried again."""
        self._end(
            state=Job.State.DEAD,
            error=error,
            is_refused=is_refused,
            ended_at=clock.now(),
            token=None,
            lease_until=None,
        )


class IdempotentAnswerManager(models.Manager["IdempotentAnswer"]):
    def get_or_reserve(self, *, token_id: int, key: str, fingerprint: str) -> "IdempotentAnswer":
        """The row of a key, inserted now if the key is new; a second request waits here until the first has ended."""
        self.bulk_create([self.model(token_id=token_id, key=key, fingerprint=fingerprint)], ignore_conflicts=True)
        return self.get(token_id=token_id, key=key)

    def delete_old(self) -> int:
        return self.filter(made_at__lt=clock.now() - ANSWERS_KEPT).delete()[0]


class IdempotentAnswer(models.Model):
    """The answer to a program's request that came with a key: given again to the same request, which is not repeated.

    `token_id` is a plain number. `fingerprint` is a keyed hash of what was asked; the answer, as JSON, names no person.
    """

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = IdempotentAnswerManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_id", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
