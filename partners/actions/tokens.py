"""Tokens, by which programs sign in."""

from django.db import transaction
from django.utils.translation import gettext as _

from jobs.models import job_subject
from partners.models import SCOPES, ApiToken, Partner
from people.models import AuditEntry, User
from records import clock
from records.refusals import Refused


@transaction.atomic
def issue_token(
    owner: User, *, acting_for: Partner | None, name: str, scopes: list[str], by: User | None
) -> tuple[ApiToken, str]:
    """Make a token for a program and give back its secret, which nobody can read again; `by` None is the console."""
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise Refused(_("There is no scope “%(scope)s”.") % {"scope": unknown[0]})
    token, secret = ApiToken.objects.issue(owner=owner, acting_for=acting_for, name=name, scopes=scopes)
    if token.acting_user() is None:
        raise Refused(
            _("%(name)s has no role in “%(partner)s”.") % {"name": owner, "partner": acting_for}
            if acting_for
            else _("%(name)s has no role in the association.") % {"name": owner}
        )
    AuditEntry.objects.create(by=by, on_behalf_of=token.acting_for_id, action="issue_token", subject=job_subject(token))
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User | None) -> None:
    """End a token for good; a second time changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now()):
        AuditEntry.objects.create(
            by=by, on_behalf_of=token.acting_for_id, action="revoke_token", subject=job_subject(token)
        )
