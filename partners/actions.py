from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Mail
from jobs.models import Job, subject_of
from people.lifecycle import Refused
from people.models import AuditEntry, User

from .models import SCOPES, Agreement, ApiToken, BillTo, Commune, Membership, Partner

Status = Partner.Status


@transaction.atomic
def create(partner: Partner, bill_to: BillTo, communes: list[Commune], *, by: User) -> Partner:
    """Take on an organisation: admitted, with who pays and the communes it speaks for."""
    partner.save()
    bill_to.partner = partner
    bill_to.save()
    for commune in communes:
        partner.coverage.create(commune=commune)
    partner.move(Status.ADMITTED, verb="admit", by=by)
    return partner


@transaction.atomic
def record_agreement(partner: Partner, agreement: Agreement, *, by: User) -> None:
    """Record the countersigned agreement: from now on the organisation's approvals reach the queue."""
    partner.lock()
    if not partner.bill_tos.filter(is_active=True).exists():
        raise Refused(_("Say first who pays for this organisation."))
    agreement.partner, agreement.countersigned_by, agreement.recorded_at = partner, by, timezone.now()
    agreement.save()
    if partner.status not in (Status.ACTIVE, Status.SUSPENDED):
        partner.move(Status.ACTIVE, verb="record_agreement", by=by)


@transaction.atomic
def invite(partner: Partner, *, email: str, name: str, role: str, by: User) -> bool:
    """Give a person a role in an organisation, with an account if there is none yet and a mail that leads in.

    False when the person has the role and a password already, and so gets no mail.
    """
    partner.lock()
    if partner.status not in (Status.ADMITTED, Status.ACTIVE, Status.SUSPENDED):
        raise Refused(_("This organisation does not take part: nobody can be invited."))
    user = _account(email, name=name, language=partner.language)
    if user.is_association:
        if by.acting_for:  # who works for the association is not for an organisation to find out
            raise Refused(_("This address can’t be invited. Ask the association."))
        raise Refused(_("This person works for the association and can’t act for an organisation."))
    membership, is_new = Membership.objects.get_or_create(user=user, partner=partner, role=role, ended_at=None)
    if is_new:
        partner.note("invite", by=by, role=role)
    elif user.has_usable_password():
        return False
    if not _mail_waits(membership):
        Mail.objects.plan("partners.invited", membership, reader=user)
    return True


def _mail_waits(membership: Membership) -> bool:
    """Whether the mail that leads in is still on its way; the lock on the partner keeps a second press behind."""
    planned = Mail.objects.filter(kind="partners.invited", subject=subject_of(membership), outcome=Mail.Outcome.PLANNED)
    jobs = Job.objects.filter(kind="documents.send_mail", subject__in=[subject_of(mail) for mail in planned])
    return jobs.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


def _account(email: str, *, name: str, language: str) -> User:
    """The person known by this very address, made now if there is none; two that invite at once share one."""
    try:
        with transaction.atomic():
            return User.objects.with_email(email) or User.objects.create_user(email, name=name, language=language)
    except IntegrityError:
        return User.objects.get_by_natural_key(email)


@transaction.atomic
def issue_token(
    owner: User, *, acting_for: Partner | None, name: str, scopes: list[str], by: User | None
) -> tuple[ApiToken, str]:
    """Make a token for a program and give back its secret, which nobody can read again; `by` None is the console."""
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise Refused(_("There is no scope “%(scope)s”.") % {"scope": unknown[0]})
    token, secret = ApiToken.objects.issue(owner=owner, acting_for=acting_for, name=name, scopes=scopes)
    if token.speaker() is None:
        raise Refused(
            _("%(name)s has no role in “%(partner)s”.") % {"name": owner, "partner": acting_for}
            if acting_for
            else _("%(name)s has no role in the association.") % {"name": owner}
        )
    AuditEntry.objects.create(by=by, on_behalf_of=token.acting_for_id, deed="issue_token", subject=subject_of(token))
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User | None) -> None:
    """End a token for good; a second time changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        AuditEntry.objects.create(
            by=by, on_behalf_of=token.acting_for_id, deed="revoke_token", subject=subject_of(token)
        )
