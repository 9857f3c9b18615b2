"""Who works for an organisation: invited, in another role, and no longer."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.models import ApiToken, Membership, Partner, PartnerStep
from people.models import Session, User
from records import clock
from records.refusals import Refused

from .behalf import refuse_on_behalf
from .tokens import revoke_token

INVITATION = "partners.invited"
INVITATIONS_AN_HOUR = 20  # by one manager: each is a mail from our address to one that they chose


@transaction.atomic
def invite(partner: Partner, *, email: str, name: str, role: str, by: User) -> bool:
    """Ask a person to take a role in an organisation, by a mail that leads in; nothing is given before they accept.

    False when the person has the role already, and so gets no mail. A manager learns nothing about the address:
    somebody of the association is asked in vain, and told nothing.
    """
    partner.lock()
    if not partner.takes_part:
        raise Refused(_("This organisation does not take part: nobody can be invited."))
    _refuse_too_many(partner, by=by)
    user = User.objects.get_or_create_user(email, name=name, language=partner.language)
    if user.is_association and by.is_association:
        raise Refused(_("This person works for the association and can’t act for an organisation."))
    membership, _is_new = Membership.objects.get_or_create(
        user=user, partner=partner, role=role, ended_at=None, defaults={"accepted_at": None, "invited_as": name}
    )
    if not membership.is_pending:
        return False
    if not Mail.objects.is_on_its_way(INVITATION, membership):  # the lock keeps a second press behind
        partner.note("invite", by=by, role=role)
        Mail.objects.plan(INVITATION, membership, reader=user)
    return True


def _refuse_too_many(partner: Partner, *, by: User) -> None:
    """Refuse what would be one invitation too many within an hour; the association invites as many as it likes."""
    verbs = ("invite", "resend_invitation")
    lately = PartnerStep.objects.filter(verb__in=verbs, by=by, at__gt=clock.now() - timedelta(hours=1))
    if not by.is_association and lately.count() >= INVITATIONS_AN_HOUR:
        raise Refused(_("You have invited %(n)s people within an hour. Go on later.") % {"n": INVITATIONS_AN_HOUR})


@transaction.atomic
def accept_invitation(membership: Membership, *, by: User) -> None:
    """Take the role that one was invited to; a second time changes nothing."""
    refuse_on_behalf(by)
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
    if is_last_manager(membership):
        raise Refused(_("Somebody has to be a manager: make another person one first."))
    if _end_membership(membership):
        membership.partner.note("end_access", by=by, role=membership.role)
        _sign_out(membership.user)
    if not Membership.objects.live().filter(user=membership.user, partner=membership.partner).exists():
        for token in ApiToken.objects.filter(owner=membership.user, acting_for=membership.partner):
            revoke_token(token, by=by)


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: User) -> bool:
    """Give a colleague another role instead of this one; False if it is theirs already."""
    _lock_and_reload(membership)
    if membership.ended_at:
        raise Refused(_("This access has ended already."))
    if membership.role == role:
        return False
    if is_last_manager(membership):
        raise Refused(_("Somebody has to be a manager: make another person one first."))
    same = {"user": membership.user, "partner": membership.partner, "role": role, "ended_at": None}
    how = {"accepted_at": membership.accepted_at, "invited_as": membership.invited_as}
    _end_membership(membership)
    Membership.objects.get_or_create(**same, defaults=how)
    membership.partner.note("change_role", by=by, role=role)
    return True


@transaction.atomic
def resend_invitation(membership: Membership, *, by: User) -> bool:
    """Send the mail that leads in once more; False while the last one is still on its way."""
    _lock_and_reload(membership)
    if not membership.is_pending or membership.ended_at:
        raise Refused(_("This invitation has been answered, or it has ended."))
    if Mail.objects.is_on_its_way(INVITATION, membership):
        return False
    _refuse_too_many(membership.partner, by=by)
    membership.partner.note("resend_invitation", by=by, role=membership.role)
    Mail.objects.plan(INVITATION, membership, reader=membership.user)
    return True


def is_last_manager(membership: Membership) -> bool:
    """Whether nobody would manage the organisation without this person."""
    if membership.role != Membership.Role.MANAGER or membership.is_pending or membership.ended_at:
        return False
    return not Membership.objects.managers_of(membership.partner).exclude(pk=membership.pk).exists()


def _sign_out(user: User) -> None:
    """End the person's sessions when no role is left anywhere: rights end at once, signing in as well."""
    if not user.is_association and not Membership.objects.live().filter(user=user).exists():
        Session.objects.filter(user=user).delete()


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
