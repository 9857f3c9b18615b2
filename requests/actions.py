import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from devices.models import Device
from documents.models import StoredFile
from partners.actions import refuse_on_behalf
from partners.lifecycle import PartnerStatus
from partners.models import BillTo, Commune, Locality, Partner, PartnerStep, Tariff
from people.models import User
from records import clock
from records.policy import keep as keep_policy
from records.refusals import Refused

from .allocating import (
    REJECTED,
    SENT_BACK,
    allocate,
    end_allocation,
    give_up,
    record_delivery,
    record_loss,
    record_return,
    refuse_unknown_reason,
    reject,
    release,
    requeue,
    send_back,
    ship,
)
from .conversations import write_about
from .correcting import correct, refuse_wrong_place
from .drafting import delete_old_drafts, discard_draft, discard_drafts, keep_draft
from .lifecycle import ENDED_UNSENT, RESTING, RequestStatus
from .models import (
    DeviceRequest,
    PersonMark,
    Policy,
    PolicyChange,
    Recipient,
    RequestDraft,
)
from .proofs import keep_proof
from .reasons import KNOWN, PARTNER_ENDED
from .rules import faults
from .succession import take_over
from .tracking import close_tracking_link, open_tracking_link, replace_tracking_link

__all__ = [
    "REJECTED",
    "SENT_BACK",
    "allocate",
    "approve",
    "close_tracking_link",
    "complete",
    "correct",
    "decline",
    "delete_old_drafts",
    "discard_draft",
    "discard_drafts",
    "forget_marks",
    "give_up",
    "keep_draft",
    "keep_proof",
    "open_tracking_link",
    "receive",
    "record_delivery",
    "record_loss",
    "record_return",
    "reject",
    "release",
    "replace_tracking_link",
    "requeue",
    "send_back",
    "send_draft",
    "set_policy",
    "ship",
    "take_over",
    "withdraw",
    "withdraw_left_over",
    "withdraw_of_ended",
    "write_about",
]


@transaction.atomic
def receive(
    *,
    partner: Partner,
    owner: User,
    recipient: dict[str, Any],
    form_token: uuid.UUID | None,
    proof: StoredFile | None = None,
    **columns: Any,
) -> DeviceRequest:
    """Write down a person's wish; the same form sent twice gives the same request, and only Windows takes a proof."""
    partner = Partner.objects.locked(partner.pk)  # whoever sends the same form at the same time waits here
    sent = DeviceRequest.objects.filter(form_token=form_token).first() if form_token else None
    if sent is None:
        return _write_down(
            partner=partner, owner=owner, recipient=recipient, form_token=form_token, proof=proof, **columns
        )
    if sent.partner_id != partner.pk:
        raise Refused(_("This form belongs to another organisation."))
    return sent


def _write_down(
    *,
    partner: Partner,
    owner: User,
    recipient: dict[str, Any],
    proof: StoredFile | None,
    known: dict[str, str] | None = None,
    place_confirmed: bool = False,
    **columns: Any,
) -> DeviceRequest:
    """Make a request with its person and first step; Refused if something stands against it. The partner is locked.

    `place_confirmed`: a postcode and town that don't belong together, as far as we know, are right all the same.
    """
    columns["proof"] = proof if columns.get("system") == Device.System.WINDOWS else None
    if not partner.is_active:
        raise Refused(_("Your organisation has no running agreement."))
    for _field, sentence in faults(recipient | columns).items():
        raise Refused(sentence)
    if sentence := partner.reference_fault(columns["case_reference"]):
        raise Refused(sentence)
    recipient = {"language": partner.language} | recipient
    to_office = columns["delivery"] == Partner.Delivery.OFFICE
    if to_office:  # the parcel goes there, so the person's address is not kept
        recipient |= {name: getattr(partner, name) for name in ("street", "house_number", "postcode", "town")}
    commune, bill_to, postcode = columns["commune"], columns["bill_to"], recipient["postcode"]
    # Asked under the lock, and in one statement as long as commune and place are recorded, as they mostly are.
    payer = partner.bill_tos.filter(pk=bill_to.pk, is_active=True).values_list(
        Exists(partner.coverage.live().filter(commune=commune)),
        Exists(Locality.objects.filter(postcode=postcode, name=recipient["town"])),
    )
    found = payer.first()
    speaks_for_it, is_known = found or (False, False)
    if not speaks_for_it and not Commune.objects.offered_to(partner).filter(pk=commune.pk).exists():
        raise Refused(_("Your organisation does not speak for this commune."))
    if found is None:
        raise Refused(_("This unit no longer pays for your organisation. Choose who pays."))
    if not (to_office or is_known):
        refuse_wrong_place(postcode, recipient["town"], is_confirmed=place_confirmed)
    device_request = DeviceRequest.objects.create(partner=partner, owner=owner, **columns)
    Recipient.objects.create(request=device_request, partner=partner, **recipient)
    PersonMark.objects.remember(device_request, recipient)
    device_request.note("receive", by=owner, **(known or {}))
    return device_request


@transaction.atomic(savepoint=False)
def send_draft(
    draft: RequestDraft,
    *,
    seen: str,
    recipient: dict[str, Any],
    approving: bool,
    by: User,
    known: str = "",
    **columns: Any,
) -> DeviceRequest:
    """Turn a finished draft into a request, approved at once or left to be examined; sent twice is as sent once.

    `seen` is the fingerprint of what was looked through: another tab may have changed it since. `known`, one of KNOWN,
    says why there is one more where the organisation has a request for such a person already. A proof that the request
    did not take, since it is for Linux after all, goes with the draft.
    """
    locked = RequestDraft.objects.locked_with_partner(draft)
    if locked is None:
        return _request_already_sent(draft.token, approving=approving, by=by)
    if locked.fingerprint != seen:
        raise Refused(_("This form was changed meanwhile, in another tab perhaps. Look it through once more."))
    columns |= {"form_token": locked.token, "proof": locked.proof}
    if earlier := PersonMark.objects.earlier(locked.partner, recipient).first():
        if known not in KNOWN:
            words = {"number": earlier.number}
            raise Refused(_("There is a request for such a person already: %(number)s. Say what this one is.") % words)
        columns["known"] = {"known": known, "request": earlier.number}
    device_request = _write_down(partner=locked.partner, owner=by, recipient=recipient, **columns)
    if approving:
        _approve(device_request, locked.partner, by=by, is_locked=True)
    if device_request.proof_id == locked.proof_id:
        locked.delete()
    else:
        locked.forget()
    return device_request


def _request_already_sent(token: uuid.UUID, *, approving: bool, by: User) -> DeviceRequest:
    """What the other of two presses made of a form, approved if that was pressed; Refused if it was discarded."""
    device_request = DeviceRequest.objects.visible_to(by).filter(form_token=token).first()
    if device_request is None:
        raise Refused(_("This form was sent or discarded meanwhile."))
    if approving:
        approve(device_request, by=by)
    return device_request


@transaction.atomic
def complete(
    device_request: DeviceRequest,
    *,
    commune: Commune,
    bill_to: BillTo,
    case_reference: str,
    approving: bool,
    by: User,
    town: str = "",
) -> None:
    """Add what a person who asked by a link doesn't know, and approve at once if that is wished.

    `town` is the one of the person's postcode, where another one was typed. Whoever adds it has taken the request on:
    where two approve, a second one does.
    """
    partner = Partner.objects.locked(device_request.partner_id)
    device_request.lock()
    if by.acting_for_id != partner.pk:
        raise Refused(_("Only the organisation itself adds who pays."))
    wanted = {"commune_id": commune.pk, "bill_to_id": bill_to.pk, "case_reference": case_reference}
    is_new = wanted != {name: getattr(device_request, name) for name in wanted}
    if is_new:
        if device_request.intake_link_id is None or device_request.status != RequestStatus.RECEIVED:
            raise Refused(_("Who pays can be added to a received request that was asked by your link."))
        _refuse_wrong_reference(device_request, partner, case_reference)
        if not Commune.objects.offered_to(partner).filter(pk=commune.pk).exists():
            raise Refused(_("Your organisation does not speak for this commune."))
        if not partner.bill_tos.filter(pk=bill_to.pk, is_active=True).exists():
            raise Refused(_("This unit no longer pays for your organisation. Choose who pays."))
        device_request.commune, device_request.bill_to = commune, bill_to
        device_request.case_reference, device_request.owner = case_reference, by
        device_request.save(update_fields=["commune", "bill_to", "case_reference", "owner"])
        device_request.note("complete", by=by)
        if town:
            correct(device_request, answers={"town": town}, by=by)
    if approving:
        if not partner.is_active:
            raise Refused(_("Your organisation has no running agreement."))
        _approve(device_request, partner, by=by, is_locked=True)


def _refuse_wrong_reference(device_request: DeviceRequest, partner: Partner, case_reference: str) -> None:
    if not case_reference:
        raise Refused(_("Add your case reference."))
    person = device_request.recipient
    asked = {"case_reference": case_reference, "first_name": person.first_name, "last_name": person.last_name}
    for sentence in faults(asked | {"delivery": ""}).values():
        raise Refused(sentence)
    if sentence := partner.reference_fault(case_reference):
        raise Refused(sentence)


@transaction.atomic
def approve(device_request: DeviceRequest, *, by: User) -> None:
    """Register an examined request with the association and freeze its price."""
    partner = Partner.objects.locked(device_request.partner_id)
    if not partner.is_active:
        raise Refused(_("Your organisation has no running agreement."))
    _approve(device_request, partner, by=by)


def _approve(device_request: DeviceRequest, partner: Partner, *, by: User, is_locked: bool = False) -> None:
    refuse_on_behalf(by)
    if by.acting_for_id != partner.pk:
        raise Refused(_("Only the organisation itself approves."))
    if not is_locked:
        device_request.lock()  # somebody may be completing it, and so become who has entered it
    if partner.approves_by_two and device_request.owner_id == by.pk:
        raise Refused(_("In your organisation a second person approves what somebody has entered."))
    if device_request.allows("approve") and not device_request.is_complete:
        raise Refused(_("Add the commune, who pays and your case reference first."))
    _refuse_above_limit(device_request, partner)
    _refuse_second_for_person(device_request, partner)
    now = clock.now()
    price = device_request.price or Tariff.objects.price_for(
        tier=partner.tier, delivery=device_request.delivery
    )  # a confirmed price stays
    device_request.move(
        "approve",
        by=by,
        is_locked=True,
        price=price,
        approved_at=device_request.approved_at or now,
        approved_by_id=device_request.approved_by_id or by.pk,
        moved_at=now,
    )


def _refuse_above_limit(device_request: DeviceRequest, partner: Partner) -> None:
    """Refuse one approval too many within the year; the partner is locked, so of two at once one sees the other."""
    if partner.yearly_limit is None or device_request.approved_at:  # what was approved before counts already
        return
    given_up = (RequestStatus.WITHDRAWN, RequestStatus.DECLINED, RequestStatus.REJECTED)
    approved = DeviceRequest.objects.filter(partner=partner, approved_at__gte=clock.start_of_year())
    if approved.exclude(status__in=given_up).count() >= partner.yearly_limit:
        words = {"n": partner.yearly_limit}
        raise Refused(_("Your organisation approves %(n)s a year. Its managers set this limit.") % words)


def _refuse_second_for_person(device_request: DeviceRequest, partner: Partner) -> None:
    """Refuse a second laptop for a person within the months that the organisation has set, if it has."""
    if partner.person_months is None or device_request.approved_at:
        return
    since = clock.now() - timedelta(days=round(partner.person_months * 365.25 / 12))
    same = PersonMark.objects.filter(mark__in=device_request.marks.values("mark"), partner=partner).values("request")
    others = DeviceRequest.objects.filter(pk__in=same, approved_at__gt=since).exclude(pk=device_request.pk)
    if earlier := others.exclude(status__in=ENDED_UNSENT).order_by("-pk").first():
        words = {"months": partner.person_months, "number": earlier.number}
        raise Refused(
            _("Your organisation gives a person one laptop in %(months)s months. See %(number)s, or change your rule.")
            % words
        )


def set_policy(policy: Policy, changed: list[str], *, by: User) -> None:
    """Keep what was changed about requests, and write down from what to what."""
    keep_policy(policy, changed, by=by, changes=PolicyChange)


def forget_marks() -> None:
    """Drop the marks of persons that are older than the guard period; the clock does it."""
    months = Policy.objects.current().guard_months
    PersonMark.objects.filter(made_on__lt=clock.today() - timedelta(days=round(months * 365.25 / 12))).delete()


@transaction.atomic
def decline(device_request: DeviceRequest, *, reason: str, by: User) -> None:
    """The organisation says no, with a reason code."""
    refuse_on_behalf(by)
    refuse_unknown_reason("decline", reason)
    device_request.move("decline", by=by, reason=reason, moved_at=clock.now())


@transaction.atomic
def withdraw(device_request: DeviceRequest, *, by: User) -> None:
    """The organisation takes the request back; a kept laptop becomes free again. Never touches a shipment."""
    if device_request.move("withdraw", by=by, moved_at=clock.now()):
        end_allocation(device_request, by=by)


def withdraw_of_ended() -> None:
    """Withdraw what has no laptop of organisations that ended so; what has one still goes out."""
    later = PartnerStep.objects.filter(record=OuterRef("record"), verb="end", pk__gt=OuterRef("pk"))
    ended = PartnerStep.objects.filter(
        ~Exists(later),  # whoever applied again and ended once more is asked anew, and the last answer counts
        verb="end",
        numbers__requests="withdraw",
        record__status=PartnerStatus.ENDED,
    ).values("record")
    _withdraw_left_over(DeviceRequest.objects.left_over().filter(partner__in=ended), by=None)


def withdraw_left_over(partner: Partner, *, by: User) -> int:
    """Withdraw what rests without a laptop at an organisation that has ended; how many."""
    return _withdraw_left_over(DeviceRequest.objects.left_over().filter(partner=partner), by=by)


def _withdraw_left_over(requests: QuerySet[DeviceRequest], *, by: User | None) -> int:
    withdrawn = 0
    for device_request in requests.order_by("pk").iterator():
        with transaction.atomic():
            partner = Partner.objects.locked(device_request.partner_id)
            device_request.lock()
            if partner.status == PartnerStatus.ENDED and device_request.status in RESTING:
                device_request.move("withdraw", by=by, reason=PARTNER_ENDED, moved_at=clock.now(), is_locked=True)
                withdrawn += 1
    return withdrawn
