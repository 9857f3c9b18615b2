"""Rules that only Postgres can hold, declared beside their model in `Meta.constraints`.

`makemigrations` sees a new, changed or removed one as it does any constraint of Django's. Whoever writes, whatever
the road, is refused by the rule's name, and `records.refusals` gives the sentence for it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

FORBIDDEN = _("The rules don’t allow this. Nothing was changed.")
STAYS = _("What is written down here stays as it is. Nothing was changed.")
OF_ANOTHER = _("This belongs to another organisation. Nothing was changed.")


def quoted(values: Iterable[str]) -> str:
    """A list of texts for SQL's IN: `'ready', 'reserved'`. For our own words only, nothing is escaped."""
    return ", ".join(f"'{value}'" for value in values)


class Rule(models.BaseConstraint):
    """What the rules of this module share: written after all tables of a migration are there."""

    default_violation_error_message = FORBIDDEN
    violation_error_message: Any

    def clone(self) -> Self:
        """Django clones by what a migration keeps; the sentences of a refusal are not in there."""
        return copy.copy(self)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """What a migration keeps: the name and the SQL, not the sentences that people read."""
        path = f"{type(self).__module__}.{type(self).__name__}"
        return path, (), {"name": self.name, **self.sql_arguments()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def sql_arguments(self) -> dict[str, Any]:
        """The arguments that decide what the database holds."""
        raise NotImplementedError

    def sentences(self) -> Mapping[str, Any]:
        """What a person reads, by the name that Postgres gives with a refusal."""
        return {self.name: self.violation_error_message}

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing within CREATE TABLE: it is written when all tables of the migration are there."""
        schema_editor.deferred_sql.append(self.sql(model))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.sql(model)

    def sql(self, model: type[models.Model]) -> str:
        """The statements that make it."""
        raise NotImplementedError

    def validate(self, *args: Any, **options: Any) -> None:
        """Nothing to check in Python: the database enforces it."""


class Trigger(Rule):
    """A trigger with its function, both called `name`.

    `when` is its timing, such as "BEFORE INSERT OR UPDATE OF status"; several timings of one function make several
    triggers. `body` is PL/pgSQL with its DECLARE and BEGIN … END; it raises with `CONSTRAINT = '<name>'`, and
    `refusals` holds the sentence for each such name. `on` names another app's model, as "shipping.Shipment", when the
    rule reads tables of this app: it then stands here and not there. `is_deferred`: looked at when the transaction
    commits, whatever the order of its statements.
    """

    def __init__(
        self,
        *,
        name: str,
        when: str | Sequence[str],
        body: str,
        on: str = "",
        is_deferred: bool = False,
        refusals: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name=name)
        self.is_deferred = is_deferred
        self.when = [when] if isinstance(when, str) else list(when)
        self.body, self.on, self.refusals = body, on, refusals or {}

    def sql_arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {"when": self.when, "body": self.body}
        return arguments | ({"on": self.on} if self.on else {}) | ({"is_deferred": True} if self.is_deferred else {})

    def sentences(self) -> Mapping[str, Any]:
        return self.refusals

    def _triggers(self) -> list[tuple[str, str]]:
        """Each trigger's name with its timing; of several, the event is in the name."""
        if len(self.when) == 1:
            return [(self.name, self.when[0])]
        return [(f"{self.name}_{timing.split()[1].lower()}", timing) for timing in self.when]

    def _table(self, model: type[models.Model]) -> str:
        return model._meta.apps.get_model(self.on)._meta.db_table if self.on else model._meta.db_table

    def sql(self, model: type[models.Model]) -> str:
        function = f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$\n{self.body.strip()}\n$$"
        kind = "CONSTRAINT TRIGGER" if self.is_deferred else "TRIGGER"
        triggers = [
            f"CREATE {kind} {name} {self._timing(timing, model)} EXECUTE FUNCTION {self.name}()"
            for name, timing in self._triggers()
        ]
        return ";\n".join((function, *triggers))

    def _timing(self, timing: str, model: type[models.Model]) -> str:
        """The event, the table, and whether the trigger looks at each row or, with REFERENCING, at a statement."""
        event, _word, referencing = timing.partition(" REFERENCING ")
        if referencing:
            return f"{event} ON {self._table(model)} REFERENCING {referencing} FOR EACH STATEMENT"
        deferred = " DEFERRABLE INITIALLY DEFERRED" if self.is_deferred else ""
        return f"{event} ON {self._table(model)}{deferred} FOR EACH ROW"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        drops = [f"DROP TRIGGER {name} ON {self._table(model)}" for name, _timing in self._triggers()]
        return ";\n".join((*drops, f"DROP FUNCTION {self.name}()"))


class RowsStay(Rule):
    """Refuse UPDATE and DELETE of the table's rows; with `fields`, an UPDATE only if it changes one of these.

    Postgres names the refusal `<table>_stays`, so that is what the rule is called.
    """

    default_violation_error_message = STAYS

    def __init__(self, *, name: str, fields: Sequence[str] = ()) -> None:
        super().__init__(name=name)
        self.fields = list(fields)

    def sql_arguments(self) -> dict[str, Any]:
        return {"fields": self.fields} if self.fields else {}

    def sql(self, model: type[models.Model]) -> str:
        table = model._meta.db_table
        if not self.fields:
            each = f"ON {table} FOR EACH ROW EXECUTE FUNCTION rows_stay()"
            return f"CREATE TRIGGER {self.name} BEFORE UPDATE OR DELETE {each}"
        new, old = (", ".join(f"{row}.{column}" for column in _columns(model, self.fields)) for row in ("NEW", "OLD"))
        return (
            f"CREATE TRIGGER {self.name}_deleted BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION rows_stay();\n"
            f"CREATE TRIGGER {self.name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION rows_stay()"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        names = [self.name, f"{self.name}_deleted"] if self.fields else [self.name]
        return ";\n".join(f"DROP TRIGGER {name} ON {model._meta.db_table}" for name in names)


class CompositeKey(Rule):
    """A foreign key over several columns, which Django's own can't be.

    `to` names the model that is referred to, as "partners.BillTo", by `to_fields` under a unique constraint there.
    `is_deferred`: looked at when the transaction commits.
    """

    def __init__(
        self,
        *,
        name: str,
        fields: Sequence[str],
        to: str,
        to_fields: Sequence[str],
        is_deferred: bool = False,
        violation_error_message: Any = None,
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.fields, self.to, self.to_fields = list(fields), to, list(to_fields)
        self.is_deferred = is_deferred

    def sql_arguments(self) -> dict[str, Any]:
        arguments = {"fields": self.fields, "to": self.to, "to_fields": self.to_fields}
        return arguments | ({"is_deferred": True} if self.is_deferred else {})

    def sql(self, model: type[models.Model]) -> str:
        target = model._meta.apps.get_model(self.to)
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} "
            f"FOREIGN KEY ({', '.join(_columns(model, self.fields))}) "
            f"REFERENCES {target._meta.db_table} ({', '.join(_columns(target, self.to_fields))}) "
            f"DEFERRABLE INITIALLY {'DEFERRED' if self.is_deferred else 'IMMEDIATE'}"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"


def same_partner(field: str, to: str, *, name: str) -> CompositeKey:
    """Make it impossible that a row's `field` points to another partner's row.

    The target needs a unique constraint on (id, partner).
    """
    return CompositeKey(
        name=name,
        fields=[field, "partner"],
        to=to,
        to_fields=["id", "partner"],
        violation_error_message=OF_ANOTHER,
    )


def _columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    found: list[Any] = [model._meta.get_field(field) for field in fields]
    return [field.column for field in found]
