from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.models import Membership
from people.actions import set_roles
from people.models import AuditEntry, User
from records.refusals import Refused

KIND = "staff.invited"


@transaction.atomic
def invite(*, email: str, name: str, language: str, roles: Mapping[str, date | None], by: User) -> User:
    """Take a person on with these roles, and send the mail that leads in; twice is as once."""
    user = User.objects.get_or_create_user(email, name=name, language=language)
    if Membership.objects.live().filter(user=user).exists():
        raise Refused(_("This person acts for an organisation. For the association they need an address of their own."))
    if set_roles(user, roles, by=by):
        _send(user)
    return user


@transaction.atomic
def resend_invitation(user: User, *, by: User) -> bool:
    """Send the mail that leads in once more; False while the last one is still on its way."""
    User.objects.select_for_update().get(pk=user.pk)
    if user.has_usable_password():
        raise Refused(_("This person has signed in already."))
    if not _send(user):
        return False
    AuditEntry.objects.record("invitation_resent", f"people.user:{user.pk}", by=by)
    return True


def _send(user: User) -> bool:
    if Mail.objects.is_on_its_way(KIND, user):
        return False
    Mail.objects.plan(KIND, user, reader=user)
    return True
