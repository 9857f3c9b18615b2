"""The association's account and VAT status: proposed by one person, confirmed by another."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import CreditorAccount, VatStatus
from documents.models import Mail
from people.models import AuditEntry, User
from records import clock
from records.refusals import Refused

Dated = CreditorAccount | VatStatus


@transaction.atomic
def propose(record: Dated, *, by: User) -> Dated:
    """Ask a second person to confirm what is to hold from a day on; everybody who may is told."""
    _refuse_past(record)
    record.proposed_by, record.confirmed_at = by, None
    record.save()
    _tell("account_proposed", record, by=by)
    return record


@transaction.atomic
def confirm(record: Dated, *, by: User) -> None:
    """Say as the second person that it is right; twice is as once."""
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)
    if record.confirmed_by == by:
        return
    if record.confirmed_at:
        raise Refused(_("Somebody has confirmed it already."))
    if record.proposed_by == by:
        raise Refused(_("A second person confirms it, not the one who proposed it."))
    _refuse_past(record)
    record.confirmed_by, record.confirmed_at = by, clock.now()
    record.save(update_fields=["confirmed_by", "confirmed_at"])
    _tell("account_confirmed", record, by=by)


@transaction.atomic
def turn_down(record: Dated, *, by: User) -> None:
    """Remove a proposal, one's own or another's; what is confirmed stays."""
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)
    if record.confirmed_at:
        raise Refused(_("Somebody has confirmed it already."))
    AuditEntry.objects.record("account_turned_down", _subject(record), by=by)
    record.delete()


def _refuse_past(record: Dated) -> None:
    if record.valid_from <= clock.today():
        raise Refused(_("From tomorrow on at the earliest: what was issued today bears the one of today."))


def _tell(event: str, record: Dated, *, by: User) -> None:
    """Write down what was done, and tell each treasurer and admin: who changes an account by stealth is seen."""
    AuditEntry.objects.record(event, _subject(record), by=by)
    for user in User.objects.dealing_with_money():
        Mail.objects.plan(f"billing.{event}", record, reader=user)


def _subject(record: Dated) -> str:
    return f"{record._meta.label_lower}:{record.pk}"
