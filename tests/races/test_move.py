"""The same person takes the same step twice at the same time, from two tabs: it is taken once, and no error."""

import pytest
from django.db import transaction

from devices.models import Device
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_press_waits_and_finds_the_step_taken(volunteer, device):
    seen = Device.objects.get()
    with contention.behind(lambda: device.move("scrap", by=volunteer)), transaction.atomic():
        assert seen.move("scrap", by=volunteer) is False
    assert [step.verb for step in device.steps.all()] == ["scrap"]
