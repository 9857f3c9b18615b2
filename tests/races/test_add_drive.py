"""A drive joins a laptop while somebody makes it ready: it waits for that step, and is refused."""

import pytest
from django.db import IntegrityError

from devices import actions
from devices.checklist import POINTS
from devices.models import Device, Drive
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_drive_waits_for_the_step_of_its_laptop_and_joins_none_that_is_ready(volunteer, device):
    Device.objects.update(status="repair")

    def check():
        actions.mark_ready(Device.objects.get(), points=list(POINTS), grade="A", by=volunteer)

    with contention.behind(check), pytest.raises(IntegrityError) as refused:
        Drive.objects.create(device=device, serial="S9")
    assert refused.value.__cause__.diag.constraint_name == "drives_join_before_erasure"
    assert (Device.objects.get().status, Drive.objects.count()) == ("ready", 0)
