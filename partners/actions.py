from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents.models import Mail, StoredFile
from jobs.models import Claim, Job, job_subject
from people.models import AuditEntry, User
from records import clock
from records.refusals import Refused

from .letter import fingerprint, render_letter, words_for
from .lifecycle import PartnerStatus
from .models import SCOPES, Agreement, ApiToken, BillTo, Commune, CommuneLetter, Membership, Partner, PartnerStep

INVITATIONS_AN_HOUR = 20  # by one manager: each is a mail from our address to one that they chose
MAKE_LETTER = "partners.make_letter"
LETTERS_AN_HOUR = 200  # by all visitors together: each takes a worker a second


@transaction.atomic
def create(partner: Partner, bill_to: BillTo, communes: list[Commune], *, by: User) -> Partner:
    """Take on an organisation: admitted, with who pays and the communes it speaks for."""
    partner.save()
    bill_to.partner = partner
    bill_to.save()
    for commune in communes:
        partner.coverage.create(commune=commune)
    partner.move("admit", by=by)
    return partner


@transaction.atomic
def admit(partner: Partner, *, by: User) -> None:
    """Let an organisation that applied take part: it may sign, and its people can be invited."""
    partner.move("admit", by=by)


@transaction.atomic
def decline(partner: Partner, *, by: User) -> None:
    """Say no to an organisation that has not signed yet."""
    partner.move("decline", by=by)


@transaction.atomic
def record_agreement(partner: Partner, agreement: Agreement, *, by: User) -> None:
    """Record the countersigned agreement: from now on the organisation's approvals reach the queue."""
    partner.lock()
    if not partner.bill_tos.filter(is_active=True).exists():
        raise Refused(_("Say first who pays for this organisation."))
    agreement.partner, agreement.countersigned_by, agreement.recorded_at = partner, by, clock.now()
    agreement.save()
    if partner.status not in (PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED):
        partner.move("record_agreement", by=by, is_locked=True)


@transaction.atomic
def invite(partner: Partner, *, email: str, name: str, role: str, by: User) -> bool:
    """Ask a person to take a role in an organisation, by a mail that leads in; nothing is given before they accept.

    False when the person has the role already, and so gets no mail. A manager learns nothing about the address:
    somebody of the association is asked in vain, and told nothing.
    """
    partner.lock()
    if not partner.takes_part:
        raise Refused(_("This organisation does not take part: nobody can be invited."))
    lately = PartnerStep.objects.filter(verb="invite", by=by, at__gt=clock.now() - timedelta(hours=1))
    if not by.is_association and lately.count() >= INVITATIONS_AN_HOUR:
        raise Refused(_("You have invited %(n)s people within an hour. Go on later.") % {"n": INVITATIONS_AN_HOUR})
    user = _get_or_create_user(email, name=name, language=partner.language)
    if user.is_association and by.is_association:
        raise Refused(_("This person works for the association and can’t act for an organisation."))
    membership, _is_new = Membership.objects.get_or_create(
        user=user, partner=partner, role=role, ended_at=None, defaults={"accepted_at": None, "invited_as": name}
    )
    if not membership.is_pending:
        return False
    if not _is_invitation_queued(membership):
        partner.note("invite", by=by, role=role)
        Mail.objects.plan("partners.invited", membership, reader=user)
    return True


def _is_invitation_queued(membership: Membership) -> bool:
    """Whether the mail that leads in is still on its way; the lock on the partner keeps a second press behind."""
    planned = Mail.objects.filter(
        kind="partners.invited", subject=job_subject(membership), outcome=Mail.Outcome.PLANNED
    )
    jobs = Job.objects.unfinished_for_many("documents.send_mail", planned)
    return any(job.is_under_way for job in jobs.values())


@transaction.atomic
def accept_invitation(membership: Membership, *, by: User) -> None:
    """Take the role that one was invited to; a second time changes nothing."""
    _lock_and_reload(membership)
    if membership.ended_at:
        raise Refused(_("This invitation has ended. Ask the organisation to invite you again."))
    if by.is_association:
        raise Refused(_("Who works for the association can’t act for an organisation."))
    if membership.is_pending:
        membership.accepted_at = clock.now()
        membership.save(update_fields=["accepted_at"])
        membership.partner.note("accept_invitation", by=by, role=membership.role)


@transaction.atomic
def decline_invitation(membership: Membership, *, by: User) -> None:
    """Turn down a role that one was invited to; a second time changes nothing."""
    _lock_and_reload(membership)
    if not membership.is_pending:
        raise Refused(_("You have accepted this invitation already."))
    if _end_membership(membership):
        membership.partner.note("decline_invitation", by=by, role=membership.role)


@transaction.atomic
def end_access(membership: Membership, *, by: User) -> None:
    """Take a role or an invitation back, with the last role the person's tokens there; twice is as once."""
    _lock_and_reload(membership)
    if membership.user == by:
        raise Refused(_("Nobody ends their own access: ask a colleague or the association."))
    if _end_membership(membership):
        membership.partner.note("end_access", by=by, role=membership.role)
    if not Membership.objects.live().filter(user=membership.user, partner=membership.partner).exists():
        for token in ApiToken.objects.filter(owner=membership.user, acting_for=membership.partner):
            revoke_token(token, by=by)


def _lock_and_reload(membership: Membership) -> None:
    """Lock the organisation and then read the membership again: whoever changes one does this first."""
    membership.partner.lock()
    membership.refresh_from_db(fields=["accepted_at", "ended_at"])


def _end_membership(membership: Membership) -> bool:
    """End it now; False if it has ended already."""
    if membership.ended_at is not None:
        return False
    membership.ended_at = clock.now()
    membership.save(update_fields=["ended_at"])
    return True


def _get_or_create_user(email: str, *, name: str, language: str) -> User:
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


@transaction.atomic
def order_letter(commune: Commune, language: str) -> CommuneLetter:
    """Have the letter to a commune made, unless there is one that says the same; anybody may ask for it."""
    letter, is_new = CommuneLetter.objects.select_for_update().get_or_create(commune=commune, language=language)
    if is_up_to_date(letter):
        return letter
    if not is_new and Job.objects.unfinished_for(MAKE_LETTER, letter) is None:
        letter.ordered_at = clock.now()
        letter.save(update_fields=["ordered_at"])
    if CommuneLetter.objects.ordered_since(clock.now() - timedelta(hours=1)).count() > LETTERS_AN_HOUR:
        raise Refused(_("Too many letters are being written just now. Try again in an hour."))
    Job.objects.plan(MAKE_LETTER, letter)
    return letter


def is_up_to_date(letter: CommuneLetter) -> bool:
    """Whether the letter is made and says what it would say now."""
    return bool(letter.file_id) and letter.fingerprint == fingerprint(words_for(letter.commune, letter.language))


def make_letter(letter: CommuneLetter, claim: Claim) -> None:
    """Write the letter and keep its PDF in place of one that says something else."""
    html = words_for(letter.commune, letter.language)
    says = fingerprint(html)
    if letter.file_id and letter.fingerprint == says:
        return
    content = render_letter(html)
    with claim.held():
        letter = CommuneLetter.objects.select_for_update(of=["self"]).select_related("file").get(pk=letter.pk)
        before, name = letter.file, f"Weitergabe-{letter.commune.name}-{letter.language}.pdf"
        letter.file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
        letter.fingerprint = says
        letter.save(update_fields=["file", "fingerprint"])
        if before:
            before.erase()
