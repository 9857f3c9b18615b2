"""A whole round in one press: each request gets the laptop that was proposed for it."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from devices.models import Device
from partners.models import Partner
from people.models import User
from records import clock
from records.lifecycle import move_many

from .allocating import lacking
from .lifecycle import RequestStatus
from .matching import Laptop, Proposal, Wish, propose
from .models import Allocation, DeviceRequest


class Pair(NamedTuple):
    """The numbers of a request and of the laptop that it is to get."""

    request: str
    device: str


class LeftOut(NamedTuple):
    """A pair that came to nothing, and why."""

    pair: Pair
    sentence: str


def proposed(queued: QuerySet[DeviceRequest], ready: QuerySet[Device], *, at_most: int) -> list[Proposal]:
    """What each request of a queue gets of what is ready, in its turn; so many requests and laptops at most."""
    wishes = queued.values_list("pk", "system", "keyboard")[:at_most]
    laptops = ready.order_by("pk").values_list("pk", "system", "keyboard", "memory_gb", "grade")[:at_most]
    return propose([Wish(*row) for row in wishes], [Laptop(*row) for row in laptops])


@transaction.atomic
def allocate_round(pairs: Iterable[Pair], *, by: User) -> tuple[int, list[LeftOut]]:
    """Keep each laptop for its request; how many are kept, and which pairs no longer fit since they were shown.

    A pair that this person has kept before, by a first press, counts as kept.
    """
    pairs = list(dict.fromkeys(pairs))
    requests, devices = _locked(pairs)
    live = {row.request_id: row for row in Allocation.objects.live().filter(request__in=requests.values())}
    kept, left_out, before = [], [], 0
    for pair in pairs:
        device_request, device = requests.get(pair.request), devices.get(pair.device)
        if device_request is None or device is None:
            continue
        allocation = live.get(device_request.pk)
        if allocation and (allocation.device_id, allocation.by_id) == (device.pk, by.pk):
            before += 1
        elif sentence := _fault(device_request, device):
            left_out.append(LeftOut(pair, sentence))
        else:
            kept.append((device_request, device))
            del requests[pair.request], devices[pair.device]  # neither goes twice
    _keep(kept, by=by)
    return len(kept) + before, left_out


def _locked(pairs: list[Pair]) -> tuple[dict[str, DeviceRequest], dict[str, Device]]:
    """What the pairs are about by their numbers, locked in the order of locks: organisations, requests, laptops."""
    asked = DeviceRequest.objects.filter(number__in=[pair.request for pair in pairs])
    list(Partner.objects.select_for_update(no_key=True).filter(pk__in=asked.values("partner")).order_by("pk"))
    requests = asked.select_for_update(of=["self"]).select_related("partner").order_by("pk")
    found = {device_request.number: device_request for device_request in requests}
    wanted = Device.objects.filter(number__in=[pair.device for pair in pairs])
    return found, {device.number: device for device in wanted.select_for_update(of=["self"]).order_by("pk")}


def _fault(device_request: DeviceRequest, device: Device) -> str:
    """Why this pair can't be kept; empty if it can."""
    for record, verb in ((device_request, "allocate"), (device, "reserve")):
        if not record.allows(verb):
            words = {"record": record, "status": record.get_status_display()}
            return _("%(record)s is “%(status)s” meanwhile.") % words
    if not device_request.partner.is_active:
        return _("The organisation is suspended: its requests pause.")
    if lacking(device_request, device):
        return _("%(device)s does not suit any more.") % {"device": device}
    return ""


def _keep(kept: list[tuple[DeviceRequest, Device]], *, by: User) -> None:
    device_of = {device_request.pk: device for device_request, device in kept}
    request_of = {device.pk: device_request for device_request, device in kept}
    Allocation.objects.bulk_create(
        Allocation(request=device_request, partner_id=device_request.partner_id, device=device, by=by)
        for device_request, device in kept
    )
    requests, devices = [pair[0] for pair in kept], [pair[1] for pair in kept]
    move_many(
        requests,
        "allocate",
        by=by,
        numbers_for=lambda row: {"request": row.number, "device": device_of[row.pk].number},
        moved_at=clock.now(),
    )
    move_many(devices, "reserve", by=by, numbers_for=lambda row: {"request": request_of[row.pk].number})


def waiting_for_round() -> int:
    """How many have a laptop that has not left yet."""
    return DeviceRequest.objects.filter(status=RequestStatus.ALLOCATED).count()
