"""Asking all organisations to sign a new version of the agreement: reminders, by the clock and by hand."""

from datetime import timedelta

from django.db import transaction

from documents.models import Mail
from partners.lifecycle import PartnerStatus
from partners.models import AgreementReminder, AgreementVersion, Partner
from people.models import User
from records import clock
from records.lifecycle import note_many

Kind = AgreementReminder.Kind
REMINDER_MAIL = "partners.remind_to_sign"
FIRST, LAST = timedelta(days=14), timedelta(days=3)  # before the day by which all sign
QUIET = timedelta(days=3)  # after publishing, when all were asked


@transaction.atomic
def remind_to_sign(version: AgreementVersion, *, by: User, partner: Partner | None = None) -> int:
    """Ask who has not signed once more, all or one organisation; how many were asked: each once a day at most."""
    return _remind(version, Kind.BY_HAND, by=by, only=partner)


@transaction.atomic
def remind_by_the_clock() -> None:
    """Ask who has not signed the current version: two weeks and three days before its day, and once it is past."""
    version = AgreementVersion.objects.current()
    if version is None or version.sign_by is None:
        return
    if version.published_at + QUIET > clock.now():
        return
    if version.is_overdue:
        _remind(version, Kind.LATE)
    elif version.sign_by - LAST <= clock.today():
        _remind(version, Kind.LAST)
    elif version.sign_by - FIRST <= clock.today():
        _remind(version, Kind.FIRST)


def _remind(version: AgreementVersion, kind: Kind, *, by: User | None = None, only: Partner | None = None) -> int:
    AgreementVersion.objects.select_for_update().get(pk=version.pk)  # whoever reminds at the same time waits here
    asked = version.unsigned().exclude(agreement_reminders__in=version.reminders.filter(on=clock.today()))
    if kind != Kind.BY_HAND:
        asked = asked.filter(status__in=(PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED))
        asked = asked.exclude(agreement_reminders__in=version.reminders.filter(kind=kind))
    if only:
        asked = asked.filter(pk=only.pk)
    partners = list(asked)
    reminders = AgreementReminder.objects.bulk_create(
        AgreementReminder(partner=partner, version=version, kind=kind, by=by) for partner in partners
    )
    note_many(partners, "remind_to_sign", by=by, numbers_for=lambda _partner: {"version": version.number})
    for reminder in reminders:
        Mail.objects.plan(REMINDER_MAIL, reminder)
    return len(reminders)
