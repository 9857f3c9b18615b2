"""What the association may set about an app: one row, and who changed what of it when."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction

Policy = TypeVar("Policy", bound=models.Model)


class PolicyManager(models.Manager[Policy]):
    def current(self) -> Policy:
        """What holds today; as it comes along where nobody has changed it."""
        return self.first() or self.model()


@transaction.atomic
def keep(policy: models.Model, changed: Iterable[str], *, by: Any, changes: type[models.Model]) -> None:
    """Keep these fields of a policy, and write each that is another now down in `changes`: from what to what."""
    rows, changed = type(policy)._default_manager, list(changed)
    rows.get_or_create(pk=1)
    before = rows.select_for_update().get(pk=1)
    for name in changed:
        was, becomes = getattr(before, name), getattr(policy, name)
        if was != becomes:
            changes._default_manager.create(field=name, before=str(was), after=str(becomes), by=by)
    if changed:
        rows.filter(pk=1).update(**{name: getattr(policy, name) for name in changed})
