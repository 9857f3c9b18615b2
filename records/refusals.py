"""Refusals, and a broken constraint or a lock waited for in vain as the sentence a person reads."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from .triggers import FORBIDDEN, Rule

# Classes of SQLSTATE: the connection broke, there is no room, an operator or a time limit stepped in.
AWAY = ("08", "53", "57")


class Refused(Exception):
    """A step that can't be taken now, with the sentence a person reads."""


@cache
def _sentences() -> dict[str, Any]:
    """Names of our constraints and triggers with the sentence for each: the model's own, or one for all."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, Rule):
                found.update(constraint.sentences())
                continue
            is_silent = constraint.violation_error_message == constraint.default_violation_error_message
            found[constraint.name] = FORBIDDEN if is_silent else constraint.violation_error_message
    return found


def refusal_for(error: IntegrityError) -> Any:
    """The sentence for an IntegrityError on a constraint or trigger that we named, else None."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    return _sentences().get(name)


def is_busy(error: Exception) -> bool:
    """Whether somebody else held the rows for too long, or each waited for the other: the same may work in a moment."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)


def is_away(error: BaseException | None) -> bool:
    """Whether the database can't be reached, broke off or said nothing in time: the same may work in a moment."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith(AWAY)


def sentence_for(error: Exception) -> Any:
    """What a person reads when the books or somebody else stand against an action; None for what is our own fault."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, IntegrityError):
        return refusal_for(error)
    return _("Somebody else is working on this just now. Try again.") if is_busy(error) else None
