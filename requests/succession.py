"""What becomes of requests when another organisation takes over."""

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import StoredFile
from partners.actions import lock_both, succeed
from partners.models import BillTo, IntakeLink, Partner, Succession
from people.models import User
from records import clock
from records.refusals import Refused

from .lifecycle import RESTING
from .models import DeviceRequest, PersonMark, Recipient
from .models.recipient import PERSON
from .reasons import TAKEN_OVER

TAKEN_ALONG = (  # of a request; its place in the queue and its price with it
    *("owner_id", "commune_id", "case_reference", "purpose", "system", "keyboard", "delivery"),
    *("price", "received_at", "approved_at", "approved_by_id"),
)


@transaction.atomic
def take_over(
    predecessor: Partner, successor: Partner, *, people_move: bool, requests: str, payer: BillTo | None, by: User
) -> Succession:
    """Have an organisation take over from another one; with `requests` "move" also what has no laptop yet.

    Each such request is written down anew at the successor, with its place in the queue and its price, and withdrawn
    at the one that ends: so nobody waits anew, and no row ever changes its organisation.
    """
    lock_both(predecessor, successor)
    if requests == "move":
        if payer is None or payer.partner_id != successor.pk or not payer.is_active:
            raise Refused(_("Choose who pays at the organisation that takes over."))
        resting = DeviceRequest.objects.filter(partner=predecessor, status__in=RESTING).order_by("pk")
        for device_request in resting.select_for_update(of=["self"]).select_related("recipient", "proof"):
            _move(device_request, successor, payer, by=by)
        requests = "leave"  # none is left
    return succeed(predecessor, successor, people_move=people_move, requests=requests, by=by)


def _move(device_request: DeviceRequest, successor: Partner, payer: BillTo, *, by: User) -> None:
    kept = {name: getattr(device_request, name) for name in TAKEN_ALONG}
    if proof := device_request.proof:
        kept["proof"] = StoredFile.objects.store(proof.read(), media_type=proof.media_type, name=proof.name)
    intake = {} if device_request.is_complete else {"intake_link": _link_of(successor)}
    status = device_request.status
    there = DeviceRequest.objects.create(
        partner=successor, bill_to=payer, status=status, moved_at=clock.now(), **kept, **intake
    )
    person = {name: getattr(device_request.recipient, name) for name in PERSON}
    Recipient.objects.create(request=there, partner=successor, **person)
    PersonMark.objects.remember(there, person)
    there.refresh_from_db(fields=["number"])
    there.note("take_over", by=by, request=device_request.number)
    device_request.move(
        "withdraw", by=by, reason=TAKEN_OVER, numbers={"request": there.number}, moved_at=clock.now(), is_locked=True
    )


def _link_of(successor: Partner) -> IntakeLink:
    """A link of the successor, for what a person asked by a link and nobody has completed yet; a closed one will do."""
    now = clock.now()
    return successor.intake_links.first() or successor.intake_links.create(opened_at=now, closed_at=now)
