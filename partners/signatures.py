"""Who of the organisations has signed a version of the agreement, who speaks for them, and when they were reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from people.models import User

from .models import Agreement, AgreementReminder, AgreementVersion, Membership, Partner


@dataclass(frozen=True)
class Signature:
    """How an organisation stands to a version: what it signed, whom to call, and when it was reminded last."""

    partner: Partner
    agreement: Agreement | None
    contact: str
    reminded_on: date | None


def signatures_of(version: AgreementVersion, partners: Sequence[Partner]) -> list[Signature]:
    """How each of these organisations stands to a version; three statements for all."""
    signed = Agreement.objects.standing().filter(partner__in=partners, version=version.number)
    agreements = {agreement.partner_id: agreement for agreement in signed}
    managers = Membership.objects.live().filter(partner__in=partners, role=Membership.Role.MANAGER)
    contacts = {each.partner_id: each.user for each in managers.select_related("user").order_by("-pk")}
    reminders = AgreementReminder.objects.filter(partner__in=partners, version=version)
    reminded = {each.partner_id: each.on for each in reminders.order_by("on")}
    return [
        Signature(
            partner,
            agreements.get(partner.pk),
            _named(contacts.get(partner.pk)) or partner.email,
            reminded.get(partner.pk),
        )
        for partner in partners
    ]


def _named(user: User | None) -> str:
    return f"{user}, {user.email}" if user else ""
