"""One organisation takes over the tasks of another one, as when two social services become one."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.models import Membership, Partner, Succession
from people.models import User
from records import clock
from records.refusals import Refused

from .organisation import end


@transaction.atomic
def succeed(predecessor: Partner, successor: Partner, *, people_move: bool, requests: str, by: User) -> Succession:
    """End an organisation and have another one speak for its communes; with `people_move` its people work there, too.

    What has a laptop and what is billed stays with the one that ends: its people still read that. `requests` says what
    becomes of those without a laptop, as in `end`; who takes them over has done so before, in the same transaction.
    """
    lock_both(predecessor, successor)
    if not predecessor.allows("end"):
        raise Refused(_("Only an organisation that takes part can be taken over."))
    if not successor.is_active:
        raise Refused(_("Only an active organisation can take over from another one."))
    for row in predecessor.coverage.live():
        if not successor.coverage.live().filter(commune=row.commune_id).exists():
            successor.coverage.create(commune_id=row.commune_id, valid_from=clock.today(), for_whom=row.for_whom)
    if people_move:
        for role in Membership.objects.live().filter(partner=predecessor):
            Membership.objects.get_or_create(user_id=role.user_id, partner=successor, role=role.role, ended_at=None)
    succession = Succession.objects.create(predecessor=predecessor, successor=successor, by=by)
    successor.note("succeed", by=by, organisation=str(predecessor.pk))
    managers = Membership.objects.managers_of(predecessor) | Membership.objects.managers_of(successor)
    for user in User.objects.filter(pk__in=managers.order_by().values("user")):
        Mail.objects.plan("partners.succeeded", succession, reader=user)
    end(predecessor, by=by, reason="merged", requests=requests)
    return succession


def lock_both(*partners: Partner) -> None:
    """Lock organisations in the order of their keys, so that two who do so never wait for each other."""
    for partner in sorted(partners, key=lambda partner: partner.pk):
        partner.lock()
