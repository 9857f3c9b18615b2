"""Two volunteers scan the same laptop at once: one takes it in, the other is led to it."""

import pytest

from devices import actions
from devices.models import Device, Drive
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {
    "asset_tag": "5CG1",
    "maker": "HP",
    "model": "ProBook 640",
    "memory_gb": "8",
    "system": "linux",
    "keyboard": "ch-de",
    "drive-0-serial": "S2",
    "drive-0-kind": "ssd",
    "drive-0-size_gb": "256",
}


def test_the_slower_one_is_led_to_the_laptop_that_the_faster_one_took_in(client, volunteer, dispatcher):
    client.force_login(volunteer)
    with contention.behind(lambda: actions.receive(asset_tag="5CG1", by=dispatcher, drives=[{"serial": "S1"}])):
        answer = client.post("/devices/receive/", ANSWERS)
    device = Device.objects.get()
    assert answer.url == f"/devices/{device.number}/record-erasure/"
    assert f"here already, as {device.number}" in client.get(answer.url).content.decode()
    assert list(Drive.objects.values_list("serial", flat=True)) == ["S1"]
