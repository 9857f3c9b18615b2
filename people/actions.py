from collections.abc import Mapping
from datetime import date

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from records import clock
from records.refusals import Refused

from .models import AssociationRole, AuditEntry, Limit, Session, User


def delete_expired() -> None:
    """Remove sessions whose time is over, and counted attempts at signing in: they hold addresses of machines."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Limit.objects.filter(expires__lt=clock.now()).delete()


@transaction.atomic
def set_roles(user: User, roles: Mapping[str, date | None], *, by: User) -> bool:
    """Give a person these roles of the association and no other, each with its last day or none; False if they were so.

    Whoever loses one, or gets one that sees more, signs in again.
    """
    if user == by:
        raise Refused(_("Nobody changes their own roles: ask another admin."))
    User.objects.select_for_update().get(pk=user.pk)
    held = {row.role: row for row in user.roles.all()}
    changes = [f"role_taken:{role}" for role in held if role not in roles]
    for role, ends_on in roles.items():
        if role not in held:
            changes.append(f"role_given:{role}")
        elif held[role].ends_on != ends_on:
            changes.append(f"role_end_moved:{role}")
    if not changes:
        return False
    user.roles.exclude(role__in=roles).delete()
    for role, ends_on in roles.items():
        AssociationRole.objects.update_or_create(user=user, role=role, defaults={"ends_on": ends_on})
    for change in changes:
        AuditEntry.objects.record(change, f"people.user:{user.pk}", by=by)
    Session.objects.filter(user=user).delete()
    return True
