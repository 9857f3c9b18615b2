"""Life cycles: which step may follow which, and who took it."""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from records import clock

from .refusals import Refused


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

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_status} → {self.to_status}"


class Lifecycle(models.Model):
    """A record whose status changes only by `move`, along its `MOVES`."""

    MOVES: dict[str, set[str]] = {}

    if TYPE_CHECKING:  # what each life cycle brings along
        status: Any
        steps: Any

        def get_status_display(self) -> str: ...

    class Meta:
        abstract = True

    def lock(self) -> Self:
        """Lock the row until the transaction ends and read it again."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))
        return self

    def move(
        self,
        to: str,
        *,
        verb: str,
        by: AbstractBaseUser | None,
        reason: str = "",
        numbers: dict[str, str] | None = None,
        only_from: Collection[str] = (),
        **columns: Any,
    ) -> bool:
        """Take a step and write it down; False, and nothing done, if this very step was taken before.

        `by` is None when the clock acts. Raises Refused when `MOVES` knows no such step, or knows it from a status
        that is not in `only_from`: it belongs to another verb there.
        """
        numbers = numbers or {}
        self.lock()
        last = self.steps.exclude(from_status=models.F("to_status")).select_related("by").last()
        by_id = by.pk if by else None
        if self.status == to and last and (last.verb, last.by_id, last.numbers) == (verb, by_id, numbers):
            return False
        if to not in self.MOVES[self.status]:
            raise Refused(self._why_not(last, by))
        if only_from and self.status not in only_from:
            raise Refused(self._why_not(None, by))
        before = self.status
        self.status = to
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=["status", *columns])  # type: ignore[misc]  # each life cycle has one
        self._write_step(verb=verb, by=by, reason=reason, numbers=numbers, from_status=before)
        return True

    def note(self, verb: str, *, by: AbstractBaseUser | None = None, **numbers: str) -> None:
        """Write a step that moves nothing: a fact from further up the chain."""
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
        """The sentence of a refusal; who acts for a partner reads the names of that partner's people only."""
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
    step = type(records[0])._meta.get_field("steps").related_model
    step.objects.bulk_create(
        (
            step(
                record=record,
                verb=verb,
                by=by,
                from_status=record.status,
                to_status=record.status,
                numbers=numbers_for(record) if numbers_for else {},
                on_behalf_of=getattr(by, "acting_for_id", None),
            )
            for record in records
        ),
        batch_size=1000,
    )
