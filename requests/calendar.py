"""The dispatch calendar, and on which day each request that waits is at the door."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from devices.models import Device, DeviceStep
from people.models import AuditEntry, User
from records import clock
from records.refusals import Refused

from .expected_day import Expected, Place, expect
from .lifecycle import TO_LEAVE, RequestStatus
from .models import DeviceRequest, RoundDate
from .rounds import proposed

SUPPLY_OVER = timedelta(days=91)
AT_MOST = 5000  # places in the queue, and laptops: more are beyond what can be foreseen
AT_ONCE = 500


@transaction.atomic
def set_round_date(on: date, *, capacity: int | None, by: User) -> None:
    """Set how many parcels a day holds, whatever the rule; 0 closes it, None lets it be as the rule says."""
    if on <= clock.today():
        raise Refused(_("Choose a day to come."))
    if capacity is None:
        try:
            RoundDate.objects.filter(on=on).delete()
        except ProtectedError as error:
            raise Refused(_("A round is kept for this day.")) from error
    else:
        room = {"capacity": capacity} if capacity else {}
        RoundDate.objects.update_or_create(on=on, defaults={"is_closed": not capacity, **room})
    AuditEntry.objects.record("set_round_date", f"requests.rounddate:{on}", by=by)


def work_out_expected_days() -> int:
    """Write down when each waiting request is at the door, where that has changed; how many have. The clock does it."""
    found = _expected()
    waiting = DeviceRequest.objects.filter(status__in=TO_LEAVE)
    told = waiting.order_by("pk").values_list("pk", "expected_on", "expected_by")
    nothing = Expected(None, "")
    changed = [pk for pk, on, by in told if found.get(pk, nothing) != Expected(on, by)]
    for start in range(0, len(changed), AT_ONCE):
        _write(changed[start : start + AT_ONCE], found)
    return len(changed)


@transaction.atomic
def _write(keys: list[int], found: dict[int, Expected]) -> None:
    """Those that somebody else has locked just now are written next time, so nobody waits for anybody."""
    rows = list(DeviceRequest.objects.select_for_update(of=["self"], skip_locked=True).filter(pk__in=keys).only("pk"))
    for row in rows:
        expected = found.get(row.pk, Expected(None, ""))
        row.expected_on, row.expected_by = expected.on, expected.basis
    DeviceRequest.objects.bulk_update(rows, ["expected_on", "expected_by"])


def _expected() -> dict[int, Expected]:
    kept = DeviceRequest.objects.filter(status=RequestStatus.ALLOCATED).order_by("approved_at", "pk")
    proposals = proposed(DeviceRequest.objects.queued(), Device.objects.ready(), at_most=AT_MOST)
    places = [Place(pk, True) for pk in kept.values_list("pk", flat=True)[:AT_MOST]]
    places += [Place(proposal.wish.key, proposal.laptop is not None) for proposal in proposals]
    made_ready = DeviceStep.objects.filter(verb="mark_ready", at__gte=clock.now() - SUPPLY_OVER).count()
    supply = made_ready / SUPPLY_OVER.days
    return expect(places, RoundDate.objects.calendar(), today=clock.today(), supply=supply)
