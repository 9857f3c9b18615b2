from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import User
from web.todo import Todo

from .models import Job, JobQuerySet


def counts_for(user: User) -> dict[str, JobQuerySet]:
    return {"dead": Job.objects.dead()} if user.has_role("admin") else {}


def todo_for(user: User, counts: dict[str, int]) -> list[Todo]:
    """Dead jobs, for the association's admins."""
    dead = counts.get("dead")
    if not dead:
        return []
    return [
        Todo(
            dead,
            ngettext("Job was given up", "Jobs were given up", dead),
            _("Read the reason, mend it, and try again."),
            reverse("jobs:list"),
            _("See the jobs"),
            urgency=90,
            tone="stop",
        )
    ]
