from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from records.refusals import Refused

from .checklist import fault
from .lifecycle import DeviceStatus
from .models import Device, Drive, Erasure, Inspection


@transaction.atomic
def receive(*, asset_tag: str, by: User, drives: list[dict[str, Any]], **columns: Any) -> tuple[Device, bool]:
    """Take in a laptop with its drives; scanned twice gives the same laptop, and False."""
    tag = asset_tag.strip().upper()
    device, is_new = Device.objects.live().get_or_create(asset_tag=tag, defaults=columns)
    if is_new:
        Drive.objects.bulk_create(Drive(device=device, **drive) for drive in drives)
        device.note("receive", by=by)
    return device, is_new


@transaction.atomic
def record_erasure(drive: Drive, *, result: str, method: str, by: User, tries: int | None = None) -> Device:
    """Write down the erasure of a drive; the laptop moves on once none is left.

    `tries` is how many of this life the person saw: the same answer sent twice is written once.
    """
    device = Device.objects.get(pk=drive.device_id).lock()
    written = list(drive.erasures.filter(life=device.life))
    if tries is not None and len(written) > tries:
        last = written[-1]
        if len(written) == tries + 1 and (last.result, last.method, last.by_id) == (result, method, by.pk):
            return device
        raise Refused(_("Somebody wrote down an erasure of %(drive)s meanwhile: look again.") % {"drive": drive})
    if not device.takes_erasures:
        is_erased = device.status == DeviceStatus.ERASED  # so no drive is open: the database holds that
        if is_erased and result == Erasure.Result.SUCCESS:  # said already; that it failed would be news
            return device
        raise Refused(
            _("%(device)s is “%(status)s”: its drives are not erased now.")
            % {
                "device": device,
                "status": device.get_status_display(),
            }
        )
    Erasure.objects.create(drive=drive, life=device.life, result=result, method=method, by=by)
    if not device.drives.open().exists():
        device.move("record_erasure", by=by, is_locked=True)
    return device


@transaction.atomic
def add_drive(device: Device, *, by: User, **columns: Any) -> Drive:
    """List a drive that was found later; a laptop past its erasure goes back to it."""
    if device.lock().allows("add_drive"):
        device.move("add_drive", by=by, is_locked=True)
    return Drive.objects.create(device=device, **columns)


@transaction.atomic
def mark_ready(device: Device, *, points: list[str], grade: str, by: User, **columns: Any) -> None:
    """Mark a laptop ready after every point of the checklist was looked at."""
    device.lock()
    if sentence := fault(points):
        raise Refused(sentence)
    if device.drives.open().exists():
        raise Refused(_("A drive of this laptop has no successful erasure yet."))
    if device.move("mark_ready", by=by, is_locked=True, grade=grade, **columns):
        Inspection.objects.create(device=device, life=device.life, points=points, grade=grade, by=by)


def reserve(device: Device, *, number: str, by: User | None, is_locked: bool = False) -> None:
    """Keep a ready laptop for a request; `is_locked` as in `Lifecycle.move`."""
    device.move("reserve", by=by, numbers={"request": number}, is_locked=is_locked)


def release(device: Device, *, number: str, by: User | None) -> None:
    """Put a kept laptop back among the ready ones; one that is in repair or missing stays there."""
    if device.lock().allows("release"):
        device.move("release", by=by, numbers={"request": number}, is_locked=True)


def ship(device: Device, *, number: str, by: User | None) -> None:
    """The laptop leaves the house for a request."""
    device.move("ship", by=by, numbers={"request": number})


def record_return(device: Device, *, number: str, by: User | None) -> None:
    """The laptop comes back: it starts over or is scrapped."""
    device.move("record_return", by=by, numbers={"request": number})


def record_loss(device: Device, *, number: str, by: User | None) -> None:
    """The laptop is lost on its way."""
    device.move("record_loss", by=by, numbers={"request": number})


def record_delivery(device: Device, *, number: str, by: User | None) -> None:
    """The parcel has arrived, which changes nothing for a laptop but for one that was lost."""
    if device.lock().allows("record_delivery"):
        device.move("record_delivery", by=by, numbers={"request": number}, is_locked=True)


def repair(device: Device, *, by: User) -> None:
    """Take a laptop to the bench: afterwards it goes through the checklist again."""
    device.move("repair", by=by)


def report_missing(device: Device, *, by: User) -> None:
    """A laptop is not in its place."""
    device.move("report_missing", by=by)


def scrap(device: Device, *, by: User) -> None:
    """Give a laptop up for good."""
    device.move("scrap", by=by)


def pass_on(device: Device, *, by: User) -> None:
    """Give a ready laptop away without a request: to a course, or a special action."""
    device.move("pass_on", by=by)
