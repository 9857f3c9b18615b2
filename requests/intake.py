"""A person's own request, asked by an organisation's link: kept while it is written, sent once."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from devices.models import Device
from documents.models import Mail
from partners.models import IntakeLink, Locality, Partner
from records.refusals import Refused

from .models import DeviceRequest, PersonMark, Recipient, RequestDraft
from .rules import faults

ARRIVED = "requests.arrived"


def keep_answers(link: IntakeLink, token: uuid.UUID | None, question: str, answers: dict[str, str]) -> RequestDraft:
    """Add the answers to a question to what the person has begun, or begin with them."""
    with transaction.atomic():
        begun = RequestDraft.objects.begun_by(link, token)
        draft = RequestDraft.objects.locked(begun) if begun else None
        if draft is None:
            answers_begun = answers | {"asked": [question]}
            return RequestDraft.objects.create(link=link, partner_id=link.partner_id, answers=answers_begun)
        asked = sorted({*draft.answers["asked"], question})  # also with nothing, where that will do
        draft.answers |= answers | {"asked": asked}
        draft.save()
        return draft


def discard_answers(link: IntakeLink, token: uuid.UUID | None) -> None:
    """Forget what was begun in a browser; what was sent stays sent."""
    if draft := RequestDraft.objects.begun_by(link, token):
        draft.delete()


def sent_by(link: IntakeLink, token: uuid.UUID | None) -> DeviceRequest | None:
    """The request that was made of what was begun in a browser; None if it was not sent."""
    return DeviceRequest.objects.filter(intake_link=link, form_token=token).first() if token else None


@transaction.atomic
def send_answers(
    link: IntakeLink, draft: RequestDraft, *, seen: str, recipient: dict[str, Any], purpose: str
) -> DeviceRequest:
    """Turn what a person wrote into a received request of the organisation, and tell its office; twice is as once.

    `seen` is the fingerprint of what was looked through.
    """
    locked = RequestDraft.objects.locked_with_partner(draft)
    if locked is None:
        if sent := sent_by(link, draft.token):
            return sent
        raise Refused(_("This form was sent or discarded meanwhile."))
    partner, link = locked.partner, IntakeLink.objects.select_related("partner").get(pk=link.pk)
    if not link.takes_requests:  # whoever closes it holds the organisation's lock
        raise Refused(_("Nobody can ask by this link any more."))
    if locked.fingerprint != seen:
        raise Refused(_("This form was changed meanwhile, in another tab perhaps. Look it through once more."))
    if partner.delivery == Partner.Delivery.OFFICE:  # the parcel goes there, so the person's address is not kept
        recipient = recipient | {
            name: getattr(partner, name) for name in ("street", "house_number", "postcode", "town")
        }
    for sentence in faults(recipient | {"case_reference": "", "delivery": partner.delivery}).values():
        raise Refused(sentence)
    if not Locality.objects.has_postcode(recipient["postcode"]) and partner.delivery == Partner.Delivery.PERSON:
        raise Refused(_("We don’t know this postcode."))
    device_request = DeviceRequest.objects.create(
        partner=partner,
        intake_link=link,
        purpose=purpose,
        delivery=partner.delivery,
        keyboard=Device.Keyboard.CH_FR if partner.language == "fr" else Device.Keyboard.CH_DE,
        form_token=locked.token,
    )
    Recipient.objects.create(request=device_request, partner=partner, **recipient)
    PersonMark.objects.remember(device_request, recipient)
    device_request.note("receive", by=None)
    device_request.tracking_links.create()
    if partner.email:
        Mail.objects.plan(ARRIVED, device_request)
    locked.delete()
    return device_request
