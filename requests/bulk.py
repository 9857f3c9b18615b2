"""Many requests approved in one press, each by the rules of one."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from people.models import User
from records.refusals import Refused

from .actions import approve
from .models import DeviceRequest


class Approved(NamedTuple):
    """What came of it: the approved ones, what they cost in CHF together, and the others each with why not."""

    requests: list[DeviceRequest]
    total: Decimal
    refused: list[tuple[DeviceRequest, str]]


def approve_many(requests: Iterable[DeviceRequest], *, by: User) -> Approved:
    """Approve each that can be approved, one after the other: what is refused stands in nobody's way."""
    approved, refused = [], []
    for device_request in requests:
        try:
            approve(device_request, by=by)
            approved.append(device_request)
        except Refused as refusal:
            refused.append((device_request, str(refusal)))
    total = sum((device_request.price or Decimal() for device_request in approved), Decimal())
    return Approved(approved, total, refused)


def try_to_approve(requests: Iterable[DeviceRequest], *, by: User) -> Approved:
    """What would come of it now, limits counted along; nothing of it stays."""
    with transaction.atomic():
        found = approve_many(requests, by=by)
        transaction.set_rollback(True)
    return found
