"""What was sent is corrected by its organisation; the timeline names what was changed, never the words."""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from devices.models import Device
from partners.models import Locality, Partner, Tariff
from people.models import User
from records.refusals import Refused

from .lifecycle import RequestStatus
from .models import DeviceRequest, PersonMark
from .models.recipient import PERSON
from .proofs import keep_proof
from .rules import faults

Delivery = Partner.Delivery
PLACE = ("street", "house_number", "postcode", "town")
NEEDS = ("case_reference", "delivery", "purpose", "system", "keyboard")  # what is corrected besides the person


def what_was_sent(device_request: DeviceRequest) -> dict[str, Any]:
    """What can be corrected, as it stands; the office's address is not the person's."""
    person = device_request.recipient
    sent = {name: getattr(person, name) for name in PERSON}
    if device_request.delivery == Delivery.OFFICE:
        sent |= dict.fromkeys(PLACE, "")
    return sent | {name: getattr(device_request, name) for name in NEEDS}


def fingerprint(device_request: DeviceRequest) -> str:
    """What tells a request from what it was when somebody looked."""
    sent = what_was_sent(device_request) | {"status": device_request.status, "proof": device_request.proof_id}
    return hashlib.sha256(json.dumps(sent, sort_keys=True, default=str).encode()).hexdigest()


@transaction.atomic
def correct(
    device_request: DeviceRequest,
    *,
    by: User,
    answers: dict[str, Any],
    proof: bytes = b"",
    seen: str | None = None,
    place_confirmed: bool = False,
) -> list[str]:
    """Change what was sent and write down which fields, by name; none if it is all as it was.

    Until a laptop is kept all of it; after that where the parcel goes, as long as its label is not printed, which
    shipping's tables hold. An approved one keeps its place and its price. `seen` is the fingerprint of what was shown
    to whoever typed; a program that names single fields leaves it out.
    """
    partner = Partner.objects.locked(device_request.partner_id)
    device_request.lock()
    if by.acting_for_id != partner.pk:
        raise Refused(_("Only the organisation itself corrects what it has sent."))
    was = what_was_sent(device_request)
    becomes = was | answers
    if becomes["delivery"] == Delivery.OFFICE:
        becomes |= dict.fromkeys(PLACE, "")
    changed = [name for name in (*PERSON, *NEEDS) if becomes[name] != was[name]]
    is_windows = becomes["system"] == Device.System.WINDOWS
    if proof and is_windows:
        changed.append("proof")
    if not changed:
        return []
    _refuse_too_late(device_request, changed)
    if seen is not None and seen != fingerprint(device_request):
        raise Refused(_("Somebody changed this request meanwhile. Look at it once more, then correct what is left."))
    _refuse_faults(device_request, partner, becomes, changed, proof=proof)
    if {"postcode", "town"} & set(changed) and becomes["delivery"] == Delivery.PERSON:
        refuse_wrong_place(becomes["postcode"], becomes["town"], is_confirmed=place_confirmed)
    _write(device_request, partner, becomes, changed, proof=proof if is_windows else b"", by=by)
    device_request.note("correct", by=by, fields=" ".join(changed))
    return changed


def _refuse_too_late(device_request: DeviceRequest, changed: list[str]) -> None:
    if set(changed) <= set(device_request.correctable):
        return
    if device_request.status == RequestStatus.ALLOCATED:
        raise Refused(_("A laptop is kept for it already: only the person’s address can still be corrected."))
    words = {"number": device_request, "status": device_request.get_status_display()}
    raise Refused(_("%(number)s is “%(status)s”: it can’t be corrected any more.") % words)


def _refuse_faults(
    device_request: DeviceRequest, partner: Partner, becomes: dict[str, Any], changed: list[str], *, proof: bytes
) -> None:
    """The rules of a new request, for what was changed."""
    for sentence in faults(becomes | {"proof": proof or device_request.proof_id}).values():
        raise Refused(sentence)
    if "case_reference" in changed:
        if not becomes["case_reference"]:
            raise Refused(_("Add your case reference."))
        if sentence := partner.reference_fault(becomes["case_reference"]):
            raise Refused(sentence)
    if "delivery" in changed and device_request.price:
        _refuse_other_price(device_request, partner, becomes["delivery"])


def refuse_wrong_place(postcode: str, town: str, *, is_confirmed: bool) -> None:
    """Refuse a postcode that can't be, and one of another town unless somebody was asked and says that it is right."""
    if not Locality.objects.has_postcode(postcode):
        raise Refused(_("We don’t know this postcode."))
    if not is_confirmed and (question := Locality.objects.question_about(postcode, town)):
        raise Refused(question.sentence)


def _refuse_other_price(device_request: DeviceRequest, partner: Partner, delivery: str) -> None:
    """Refuse what would cost another amount than was approved: who approved it has agreed to that one."""
    before, after = (
        Tariff.objects.price_for(tier=partner.tier, delivery=each) for each in (device_request.delivery, delivery)
    )
    if before != after:
        raise Refused(
            _(
                "It is approved for another price than this delivery costs. Withdraw it and send a copy, "
                "or leave the delivery as it is."
            )
        )


def _write(
    device_request: DeviceRequest,
    partner: Partner,
    becomes: dict[str, Any],
    changed: list[str],
    *,
    proof: bytes,
    by: User,
) -> None:
    person, replaced = device_request.recipient, None
    kept = {name: becomes[name] for name in PERSON}
    if becomes["delivery"] == Delivery.OFFICE:  # the parcel goes there, so the person's address is not kept
        kept |= {name: getattr(partner, name) for name in PLACE}
    for name, value in kept.items():
        setattr(person, name, value)
    person.save(update_fields=PERSON)
    if {"first_name", "last_name", "birth_year"} & set(changed):
        PersonMark.objects.follow(device_request, becomes)
    for name in NEEDS:
        setattr(device_request, name, becomes[name])
    if proof or device_request.system == Device.System.LINUX:  # only Windows takes a proof
        replaced, device_request.proof = device_request.proof, keep_proof(proof) if proof else None
    if partner.approves_by_two and device_request.status == RequestStatus.RECEIVED:
        device_request.owner = by  # whoever corrected it last is not its second person
    device_request.save(update_fields=[*NEEDS, "proof", "owner"])
    if replaced:
        replaced.erase()
