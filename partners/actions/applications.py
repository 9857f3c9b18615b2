"""From "we are interested" to admitted: announced, confirmed by mail, completed, and decided on."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from documents.models import Mail
from partners.lifecycle import PartnerStatus
from partners.models import Application, BillTo, Commune, Membership, Message, Partner
from people.models import User
from records import clock
from records.refusals import Refused

from . import members
from .behalf import refuse_on_behalf

UNCONFIRMED_KEPT = timedelta(days=30)
MOST_MESSAGES = 50  # from an applicant, before somebody of the association writes


@transaction.atomic
def announce(application: Application, communes: Iterable[Commune]) -> Application:
    """Keep what an organisation wrote and send the link by which it is confirmed, followed and completed."""
    application.save()
    application.communes.set(communes)
    Mail.objects.plan("partners.announced", application)
    return application


@transaction.atomic
def confirm(application: Application) -> Partner:
    """Take the application up: from now on the association sees it. A second time changes nothing."""
    kept = Application.objects.select_for_update().get(pk=application.pk)
    if kept.partner is not None:
        return kept.partner
    named = Partner.objects.annotate(folded=Lower("name"))
    known = named.filter(folded=kept.name.lower(), postcode=kept.postcode).first()
    if known and known.status not in (PartnerStatus.DECLINED, PartnerStatus.ENDED):
        raise Refused(_("This organisation has applied already, or takes part: ask your colleagues to invite you."))
    partner = known or Partner(name=kept.name, postcode=kept.postcode)
    partner.kind, partner.language, partner.town = kept.kind, kept.language, kept.town
    partner.phone = partner.phone or kept.phone
    partner.save()
    kept.partner, kept.confirmed_at = partner, clock.now()
    kept.save(update_fields=["partner", "confirmed_at"])
    if known:
        partner.move("apply_again", by=None)
    else:
        partner.note("confirm")
    if kept.message:
        partner.messages.create(is_from_association=False, text=kept.message)
    application.partner, application.confirmed_at = partner, kept.confirmed_at
    return partner


def delete_unconfirmed() -> None:
    """Drop what was announced and not confirmed within thirty days; the clock does it."""
    Application.objects.unconfirmed().filter(announced_at__lt=clock.now() - UNCONFIRMED_KEPT).delete()


@transaction.atomic
def complete(partner: Partner, bill_to: BillTo, *, by: User | None) -> None:
    """Keep address, delivery and who pays, as the applicant gives them; until it is decided on, again and again."""
    given = {name: getattr(partner, name) for name in COMPLETED}
    partner.lock()
    if partner.status != PartnerStatus.APPLIED:
        raise Refused(_("This application has been decided on: nothing can be changed here any more."))
    for name, value in given.items():
        setattr(partner, name, value)
    partner.save(update_fields=COMPLETED)
    bill_to.partner = partner
    bill_to.save()
    partner.note("complete", by=by)


COMPLETED = ["street", "house_number", "postcode", "town", "phone", "email", "delivery"]


@transaction.atomic
def write(partner: Partner, text: str, *, by: User | None) -> Message:
    """Write to the other side: the association to the organisation, or the organisation to the association."""
    if by is not None:
        refuse_on_behalf(by)
    partner.lock()
    is_from_association = by is not None and by.is_association
    lately = list(partner.messages.order_by("-pk").values_list("is_from_association", flat=True)[:MOST_MESSAGES])
    if not is_from_association and len(lately) == MOST_MESSAGES and not any(lately):
        raise Refused(_("You have written a lot. Wait for an answer first."))
    message = partner.messages.create(by=by, is_from_association=is_from_association, text=text)
    partner.note("write", by=by)
    if is_from_association:
        Mail.objects.plan("partners.answered", message)
    return message


@transaction.atomic
def admit(partner: Partner, *, by: User) -> None:
    """Let an organisation that applied take part: it may sign, and who wrote for it is invited as its manager."""
    partner.lock()
    if partner.status == PartnerStatus.APPLIED and (missing := partner.lacks()):
        raise Refused(_("Before it can be admitted, this is missing: %(what)s.") % {"what": "; ".join(missing)})
    if not partner.move("admit", by=by, is_locked=True):
        return
    application = partner.applications.order_by("pk").last()
    if application is None:
        return
    for commune in application.communes.all():
        partner.coverage.get_or_create(commune=commune, valid_to=None)
    members.invite(partner, email=application.email, name=application.contact_name, role=Membership.Role.MANAGER, by=by)


@transaction.atomic
def decline(partner: Partner, *, by: User, reason: str = "", text: str = "") -> None:
    """Say no to an organisation that has not signed yet, with a reason; it is told, and can apply again."""
    if not partner.move("decline", by=by, reason=reason):
        return
    if text:
        partner.messages.create(by=by, is_from_association=True, text=text)
    if application := partner.applications.order_by("pk").last():
        Mail.objects.plan("partners.declined", application)


@transaction.atomic
def apply_again(partner: Partner, *, by: User | None) -> None:
    """Take a declined application up again, or that of an organisation whose agreement has ended."""
    partner.move("apply_again", by=by)
