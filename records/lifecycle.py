"""Records that move along a life cycle, and the steps that say who moved them when."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from . import clock
from .refusals import Refused
from .status import BACK, Arrow, Move, Next, Note, Words
from .triggers import RowsStay


class Step(models.Model):
    """Who moved a record from where to where, and when; only ever added to.

    `numbers` names other records by their public numbers; nothing a person typed is kept here.
    A concrete step names its `record` by a foreign key with `related_name="steps"`.
    """

    verb = models.CharField(max_length=40)
    from_status = models.CharField(max_length=20)
    to_status = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=40, blank=True)
    numbers = models.JSONField(default=dict)

    if TYPE_CHECKING:
        record: Any

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [RowsStay(name="%(app_label)s_%(class)s_stays")]

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_status} → {self.to_status}"

    @property
    def title(self) -> Words:
        """What happened, as a timeline names it."""
        cycle: Any = self._meta.get_field("record").related_model
        known = cycle.MOVES.get(self.verb) or cycle.NOTES.get(self.verb)
        return (known and known.title) or cycle.Status(self.to_status).label


class Lifecycle(models.Model):
    """A record whose status changes only by `move`, along the arrows of its `MOVES`.

    `WAY` lists the stages, in order, of a record with which all goes well.
    """

    Status: ClassVar[Any]
    MOVES: ClassVar[Mapping[str, Move]] = {}
    NOTES: ClassVar[Mapping[str, Note]] = {}
    WAY: ClassVar[Sequence[Any]] = ()

    if TYPE_CHECKING:  # what each life cycle brings along
        status: Any
        steps: Any

        def get_status_display(self) -> str: ...

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse, when it is imported, a life cycle that names what isn't there."""
        super().__init_subclass__(**options)
        for verb, move in cls.MOVES.items():
            for status in (*move.sources, move.to):
                if status is not BACK and not isinstance(status, cls.Status):
                    raise ImproperlyConfigured(f"{cls.__name__}.MOVES: “{verb}” names “{status}”, which is no status.")
        if both := cls.MOVES.keys() & cls.NOTES.keys():
            raise ImproperlyConfigured(f"{cls.__name__}: “{min(both)}” is in MOVES and in NOTES.")

    @classmethod
    def arrows(cls) -> Iterator[Arrow]:
        """Each way of taking each verb; one that leads back ends wherever the step before can begin."""
        for verb, (sources, to, _title) in cls.MOVES.items():
            for start in sources:
                before = {source for move in cls.MOVES.values() if move.to == start for source in move.sources}
                yield from (Arrow(verb, start, end) for end in (before if to is BACK else {to}))

    @property
    def shown_status(self) -> Any:
        """The status as people see it."""
        return self.Status(self.status)

    @property
    def stage(self) -> Any:
        """Where it stands for what comes next: its status, unless a noun works out a finer one."""
        return self.shown_status

    @property
    def next_step(self) -> Next | None:
        """What comes next and who acts."""
        return self.stage.next_step

    @property
    def still_to_come(self) -> Sequence[Any]:
        """The stages ahead when all goes well; none once the record has left that way."""
        return self.WAY[self.WAY.index(self.stage) + 1 :] if self.stage in self.WAY else ()

    @property
    def is_over(self) -> bool:
        """Whether no verb leads on from here."""
        return not any(self.allows(verb) for verb in self.MOVES)

    def allows(self, verb: str) -> bool:
        """Whether the record stands where this verb leads on from."""
        return self.status in self.MOVES[verb].sources

    def lock(self) -> Self:
        """Lock the row until the transaction ends and read it again."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))
        return self

    def move(
        self,
        verb: str,
        *,
        by: AbstractBaseUser | None,
        reason: str = "",
        numbers: dict[str, str] | None = None,
        is_locked: bool = False,
        **columns: Any,
    ) -> bool:
        """Take the step of a verb and write it down; False, and nothing done, if this very step was taken before.

        Locks the row, then saves the status and the named columns. `is_locked`: the caller has locked or made it
        in this transaction, and read it since. `by` is None when the clock acts. Raises Refused when the verb doesn't
        lead on from where the record stands.
        """
        move, numbers = self.MOVES[verb], numbers or {}
        if not is_locked:
            self.lock()
        last: Any = None
        if move.to is BACK or self.status == move.to or self.status not in move.sources:
            # Asked once the row is locked, never in the same statement: that would not see the step waited for.
            last = self.steps.exclude(from_status=models.F("to_status")).select_related("by").last()
        by_id = by.pk if by else None
        was_taken = last is not None and (last.verb, last.by_id, last.numbers) == (verb, by_id, numbers)
        if was_taken and self.status == (last.to_status if move.to is BACK else move.to):
            return False
        if self.status not in move.sources or (move.to is BACK and last is None):
            leads_there_by_another = any(way.start == self.status and way.to == move.to for way in self.arrows())
            raise Refused(self._why_not(None if leads_there_by_another else last, by))
        before = self.status
        self.status = last.from_status if move.to is BACK else move.to
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=["status", *columns])  # type: ignore[misc]  # each life cycle has one
        self._write_step(verb=verb, by=by, reason=reason, numbers=numbers, from_status=before)
        return True

    def note(self, verb: str, *, by: AbstractBaseUser | None = None, **numbers: str) -> None:
        """Write a step that moves nothing: a fact from further up the chain."""
        if verb not in self.NOTES:
            raise KeyError(verb)
        self._write_step(verb=verb, by=by, reason="", numbers=numbers, from_status=self.status)

    def _write_step(
        self, *, verb: str, by: AbstractBaseUser | None, reason: str, numbers: dict[str, str], from_status: str
    ) -> None:
        self.steps.create(
            verb=verb,
            by=by,
            reason=reason,
            numbers=numbers,
            from_status=from_status,
            to_status=self.status,
            on_behalf_of=getattr(by, "acting_for_id", None),
        )

    def _why_not(self, last: Step | None, by: AbstractBaseUser | None) -> str:
        """The sentence of a refusal: who took the last step, as far as who acts for a partner may read it."""
        if last is None:
            return _("%(record)s is “%(status)s”: this step can’t follow.") % {
                "record": self,
                "status": self.get_status_display(),
            }
        reader = getattr(by, "acting_for_id", None)
        is_told = reader is None or last.on_behalf_of == reader
        return _("%(record)s is “%(status)s” already: %(who)s, %(when)s.") % {
            "record": self,
            "status": self.get_status_display(),
            "who": (last.by if is_told else _("the association")) if last.by else _("the system"),
            "when": date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT"),
        }


def note_many(
    records: Iterable[Any],
    verb: str,
    *,
    by: AbstractBaseUser | None = None,
    numbers_for: Callable[[Any], dict[str, str]] | None = None,
) -> None:
    """Write the same unmoving step for many records in one statement per thousand.

    `numbers_for(record)` gives each step's numbers.
    """
    records = list(records)
    if not records:
        return
    if verb not in records[0].NOTES:
        raise KeyError(verb)
    _write_steps(records, verb, by=by, numbers_for=numbers_for)


def move_many(
    records: Iterable[Any],
    verb: str,
    *,
    by: AbstractBaseUser | None,
    numbers_for: Callable[[Any], dict[str, str]] | None = None,
    **columns: Any,
) -> None:
    """Take the step of a verb with many records, in two statements per thousand; the named columns become the same.

    The caller has locked them in this transaction, read them since, and left out those from which the verb doesn't
    lead on: ValueError if there is one.
    """
    records = list(records)
    if not records:
        return
    cycle, move = type(records[0]), records[0].MOVES[verb]
    if move.to is BACK or not all(record.allows(verb) for record in records):
        raise ValueError(f"“{verb}” does not lead on from where each of these {cycle.__name__} stands.")
    _write_steps(records, verb, by=by, numbers_for=numbers_for, to=move.to)
    keys = [record.pk for record in records]
    for start in range(0, len(keys), 1000):
        cycle._base_manager.filter(pk__in=keys[start : start + 1000]).update(status=move.to, **columns)
    for record in records:
        for name, value in {"status": move.to, **columns}.items():
            setattr(record, name, value)


def _write_steps(
    records: list[Any],
    verb: str,
    *,
    by: AbstractBaseUser | None,
    numbers_for: Callable[[Any], dict[str, str]] | None,
    to: str = "",
) -> None:
    step = type(records[0])._meta.get_field("steps").related_model
    step.objects.bulk_create(
        (
            step(
                record=record,
                verb=verb,
                by=by,
                from_status=record.status,
                to_status=to or record.status,
                numbers=numbers_for(record) if numbers_for else {},
                on_behalf_of=getattr(by, "acting_for_id", None),
            )
            for record in records
        ),
        batch_size=1000,
    )
