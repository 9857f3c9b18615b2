"""An organisation's own data, and how it pauses and ends."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.lifecycle import PartnerStatus
from partners.models import ApiToken, BillTo, Commune, Coverage, Membership, Partner
from partners.notice_period import is_possible
from people.models import User
from records import clock
from records.refusals import Refused

from .behalf import refuse_on_behalf
from .tokens import revoke_token

WITHOUT_NOTICE: dict[str, Any] = {"ends_on": None, "end_reason": "", "end_requests": ""}


@transaction.atomic
def create(partner: Partner, bill_to: BillTo, communes: Iterable[Commune], *, by: User) -> Partner:
    """Take on an organisation: admitted, with who pays and the communes it speaks for."""
    partner.save()
    bill_to.partner = partner
    bill_to.save()
    for commune in communes:
        partner.coverage.create(commune=commune)
    if missing := partner.lacks():
        raise Refused(_("Before it can be admitted, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    partner.move("admit", by=by)
    return partner


def _refuse_incomplete(partner: Partner) -> None:
    """Refuse to have an active organisation without what sending and billing need."""
    if missing := partner.lacks():
        raise Refused(_("An active organisation can’t be without %(what)s.") % {"what": "; ".join(missing)})


@transaction.atomic
def edit(partner: Partner, changed: list[str], *, by: User) -> None:
    """Keep what was changed of an organisation's data; the history names the fields, never the words."""
    if not changed:
        return
    given = {name: getattr(partner, name) for name in changed}
    partner.lock()
    if partner.status == PartnerStatus.ENDED and by.acting_for_id:
        raise Refused(_("Your organisation takes part no longer. Write to the association to change its data."))
    for name, value in given.items():
        setattr(partner, name, value)
    if partner.is_active:
        _refuse_incomplete(partner)
    partner.save(update_fields=changed)
    partner.note("edit", by=by, fields=" ".join(sorted(changed)))


@transaction.atomic
def set_house_rules(partner: Partner, changed: list[str], *, by: User) -> None:
    """Keep an organisation's own rules for requests; two who approve are needed before one may not do it alone."""
    approvers = Membership.objects.approvers_of(partner).values("user").distinct()
    if partner.approves_by_two and "approves_by_two" in changed and approvers.count() < 2:
        raise Refused(_("There is only one person who may approve. Invite a second one first."))
    edit(partner, changed, by=by)


@transaction.atomic
def edit_bill_to(bill_to: BillTo, changed: list[str], *, by: User) -> None:
    """Keep a new or changed unit that pays. Invoices that were issued keep what stands on them."""
    if not changed:
        return
    partner = bill_to.partner.lock()
    bill_to.save()
    if partner.is_active:
        _refuse_incomplete(partner)
    partner.note("edit_bill_to", by=by, fields=" ".join(sorted(changed)))


@transaction.atomic
def edit_coverage(partner: Partner, communes: Iterable[Commune], *, by: User) -> None:
    """Say for which communes the organisation speaks from today on; what it covered before stays known."""
    partner.lock()
    wanted = {commune.pk for commune in communes}
    live = {row.commune_id: row for row in partner.coverage.filter(valid_to__isnull=True)}
    if wanted == set(live):
        return
    today = clock.today()
    for number in live.keys() - wanted:
        if live[number].valid_from >= today:
            live[number].delete()
        else:
            live[number].valid_to = today
            live[number].save(update_fields=["valid_to"])
    for number in wanted - live.keys():
        partner.coverage.create(commune_id=number, valid_from=today)
    numbers = {"added": len(wanted - live.keys()), "removed": len(live.keys() - wanted)}
    partner.note("edit_coverage", by=by, **{name: str(number) for name, number in numbers.items()})


@transaction.atomic
def share_commune(coverage: Coverage, for_whom: str, *, by: User) -> None:
    """Say for whom an organisation speaks in a commune that another one speaks for as well."""
    partner = coverage.partner.lock()
    if coverage.for_whom != for_whom:
        coverage.for_whom = for_whom
        coverage.save(update_fields=["for_whom"])
        partner.note("edit_coverage", by=by, shared="1")


@transaction.atomic
def leave_commune(coverage: Coverage, *, by: User) -> None:
    """Leave a commune to another organisation from today on; what it covered before stays known."""
    partner = coverage.partner.lock()
    kept = partner.coverage.filter(valid_to__isnull=True).exclude(pk=coverage.pk)
    edit_coverage(partner, [row.commune for row in kept.select_related("commune")], by=by)


@transaction.atomic
def check_data(partner: Partner, *, by: User) -> None:
    """Say that the organisation's data are still right: asked once a year."""
    partner.lock()
    if partner.checked_on == clock.today():
        return
    partner.checked_on = clock.today()
    partner.save(update_fields=["checked_on"])
    partner.note("check_data", by=by)


@transaction.atomic
def suspend(partner: Partner, *, by: User) -> None:
    """Let an organisation's approved requests rest; what has a laptop still goes out and is billed."""
    partner.move("suspend", by=by)


@transaction.atomic
def resume(partner: Partner, *, by: User) -> None:
    """Let a suspended organisation's requests go on."""
    partner.lock()
    if partner.status == PartnerStatus.SUSPENDED:
        _refuse_incomplete(partner)
    partner.move("resume", by=by, is_locked=True)


@transaction.atomic
def end(partner: Partner, *, by: User | None, reason: str = "", requests: str = "leave") -> None:
    """End an organisation's agreement: it asks for nothing more, and its people still read and fetch invoices.

    `requests` says what becomes of those without a laptop, "withdraw" or "leave": the requests themselves follow it.
    """
    if not partner.move("end", by=by, reason=reason, numbers={"requests": requests}, **WITHOUT_NOTICE):
        return
    _tell("partners.ended", partner)
    today = clock.today()
    live = partner.coverage.filter(valid_to__isnull=True)
    live.filter(valid_from__gte=today).delete()
    live.update(valid_to=today)
    for token in ApiToken.objects.filter(acting_for=partner, revoked_at__isnull=True):
        revoke_token(token, by=by)


@transaction.atomic
def give_notice(partner: Partner, *, ends_on: date, requests: str, by: User) -> None:
    """Have an organisation's agreement end with a day; until then all goes on, and it can be taken back.

    The organisation keeps to the notice period; the association may agree on any day to come.
    """
    refuse_on_behalf(by)
    partner.lock()
    if not partner.allows("end"):
        raise Refused(_("Only a running agreement can be given notice."))
    if ends_on <= clock.today():
        raise Refused(_("Choose a day to come."))
    if by.acting_for_id and not is_possible(ends_on, clock.today()):
        raise Refused(
            _("The agreement ends with a month, after three months at the earliest. Choose one of these days.")
        )
    if by.acting_for_id:
        _refuse_others(partner)
    reason = "by_organisation" if by.acting_for_id else "by_association"
    given = {"ends_on": ends_on, "end_reason": reason, "end_requests": requests}
    if given == {name: getattr(partner, name) for name in given}:
        return
    _keep(partner, given)
    partner.note("give_notice", by=by, day=ends_on.isoformat())
    _tell("partners.under_notice", partner)


@transaction.atomic
def take_back_notice(partner: Partner, *, by: User) -> None:
    """Let an agreement that is under notice go on; only the side that gave notice may say so, or the association."""
    refuse_on_behalf(by)
    partner.lock()
    if partner.ends_on is None:
        return
    if by.acting_for_id:
        _refuse_others(partner)
    _keep(partner, WITHOUT_NOTICE)
    partner.note("take_back_notice", by=by)
    _tell("partners.notice_taken_back", partner)


def _refuse_others(partner: Partner) -> None:
    """Refuse that an organisation takes back or moves a notice that the association gave."""
    if partner.end_reason == "by_association":
        raise Refused(_("The association gave notice: only it can take that back. Write to it."))


def end_due() -> None:
    """End each agreement under notice once its last day is over."""
    for found in Partner.objects.under_notice().filter(ends_on__lt=clock.today()):
        with transaction.atomic():
            partner = found.lock()
            if partner.ends_on and partner.ends_on < clock.today():
                end(partner, by=None, reason=partner.end_reason, requests=partner.end_requests)


def _keep(partner: Partner, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(partner, name, value)
    partner.save(update_fields=list(columns))


def _tell(kind: str, partner: Partner) -> None:
    """Have both sides read it: who manages the organisation, and who deals with the association's money."""
    managers = Membership.objects.managers_of(partner).values("user")
    for user in User.objects.filter(pk__in=managers) | User.objects.dealing_with_money():
        Mail.objects.plan(kind, partner, reader=user)
