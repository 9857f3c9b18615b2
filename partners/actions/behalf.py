"""Acting on behalf of an organisation: recorded, for an hour, and never to decide or to sign."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.lifecycle import READING
from partners.models import Membership, OnBehalf, Partner
from people.models import User
from records import clock
from records.refusals import Refused


@transaction.atomic
def act_on_behalf(partner: Partner, *, reason: str, by: User) -> OnBehalf:
    """Begin to act as the organisation's manager would; its managers are told. What was begun before ends."""
    User.objects.select_for_update().get(pk=by.pk)  # whoever presses twice waits here
    live = OnBehalf.objects.not_ended().filter(by=by).select_related("partner").first()
    if live and live.partner_id == partner.pk and live.reason == reason and live.ends_at > clock.now():
        return live
    if live:
        end_on_behalf(live, by=by)
    partner.lock()
    if partner.status not in READING:
        raise Refused(_("Nobody works for this organisation yet: there is nothing to see."))
    begun = OnBehalf.objects.create(partner=partner, by=by, reason=reason)
    partner.note("act_on_behalf", by=by, reason=reason)
    for membership in Membership.objects.managers_of(partner):
        Mail.objects.plan("partners.acts_on_behalf", begun, reader=membership.user)
    return begun


@transaction.atomic
def end_on_behalf(on_behalf: OnBehalf, *, by: User) -> None:
    """Go back to one's own work; twice is as once."""
    ended = OnBehalf.objects.not_ended().filter(pk=on_behalf.pk).update(ended_at=clock.now())
    if ended:
        on_behalf.partner.note("end_on_behalf", by=by)


def refuse_on_behalf(by: User) -> None:
    """Refuse what only the organisation itself may say: its decisions and its signature."""
    if by.acts_on_behalf:
        raise Refused(_("Whoever acts on behalf of an organisation neither decides nor signs: it does that itself."))
