from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.todo import Todo

from .models import Partner


def todo_for(user):
    """Organisations that have not signed yet, for the association's admins."""
    if not user.has_role("admin"):
        return []
    waiting = Partner.objects.visible_to(user).filter(status=Partner.Status.ADMITTED).count()
    if not waiting:
        return []
    return [
        Todo(
            waiting,
            ngettext("Organisation has not signed yet", "Organisations have not signed yet", waiting),
            _("Record the signed agreement: before that, their approvals do not reach the queue."),
            reverse("partners:list") + "?status=admitted",
            _("See who"),
            urgency=30,
        )
    ]
