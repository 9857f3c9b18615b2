from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.todo import Todo

from .lifecycle import PartnerStatus
from .models import Partner


def todo_for(user):
    """Organisations to admit, and those that have not signed yet, for the association's admins."""
    if not user.has_role("admin"):
        return []
    partners, page = Partner.objects.visible_to(user), reverse("partners:list")
    applied = partners.filter(status=PartnerStatus.APPLIED).count()
    admitted = partners.filter(status=PartnerStatus.ADMITTED).count()
    todos = []
    if applied:
        todos.append(
            Todo(
                applied,
                ngettext("Organisation wants to take part", "Organisations want to take part", applied),
                _("Admit or decline: they can do nothing before."),
                f"{page}?status=applied",
                _("See who"),
                urgency=35,
            )
        )
    if admitted:
        todos.append(
            Todo(
                admitted,
                ngettext("Organisation has not signed yet", "Organisations have not signed yet", admitted),
                _("Record the signed agreement: before that, their approvals do not reach the queue."),
                f"{page}?status=admitted",
                _("See who"),
                urgency=30,
            )
        )
    return todos
