"""Two dispatchers take a laptop away from the same request, and one of them has given it another by then."""

import pytest

from devices.models import Device
from requests import actions
from requests.models import DeviceRequest
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_slower_one_takes_away_what_is_there_then_and_says_so(make_waiting, device, dispatcher, make_user):
    (device_request,) = make_waiting(1)
    colleague = make_user("colleague@example.org", "dispatcher")
    other = Device.objects.create(asset_tag="X2", status="ready", grade="A")
    other.refresh_from_db()
    actions.allocate(device_request, device, by=dispatcher)

    def faster():
        seen = DeviceRequest.objects.get()
        actions.release(seen, by=colleague)
        actions.allocate(seen, other, by=colleague)

    with contention.behind(faster):
        actions.release(DeviceRequest.objects.get(), by=dispatcher)
    assert set(Device.objects.values_list("status", flat=True)) == {"ready"}
    assert DeviceRequest.objects.get().steps.last().numbers == {"device": other.number}
