from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from jobs.models import Job, job_subject
from partners.models import Membership
from people.actions import set_roles
from people.models import AuditEntry, User
from records.refusals import Refused

KIND = "staff.invited"


@transaction.atomic
def invite(*, email: str, name: str, language: str, roles: Mapping[str, date | None], by: User) -> User:
    """Take a person on with these roles, and send the mail that leads in; twice is as once."""
    try:
        with transaction.atomic():
            user = User.objects.with_email(email) or User.objects.create_user(email, name=name, language=language)
    except IntegrityError:  # somebody else invites the same person just now
        user = User.objects.get_by_natural_key(email)
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
    planned = Mail.objects.filter(kind=KIND, subject=job_subject(user), outcome=Mail.Outcome.PLANNED)
    if any(job.is_under_way for job in Job.objects.unfinished_for_many("documents.send_mail", planned).values()):
        return False
    Mail.objects.plan(KIND, user, reader=user)
    return True
