"""A drive joins a laptop while somebody makes it ready: it waits for that step, and is refused."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from devices import actions
from devices.checklist import POINTS
from devices.models import Device, Drive
from tests import contention

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_drive_waits_for_the_step_of_its_laptop_and_joins_none_that_is_ready(volunteer, device):
    Device.objects.update(status="repair")
    is_moved, overlapped = threading.Event(), []

    def check():
        try:
            with transaction.atomic():
                actions.mark_ready(Device.objects.get(), points=list(POINTS), grade="A", by=volunteer)
                is_moved.set()
                for _time in range(500):
                    if contention.waiting():
                        overlapped.append(True)
                        break
                    threading.Event().wait(0.01)
        finally:
            is_moved.set()
            connections.close_all()

    thread = threading.Thread(target=check)
    thread.start()
    is_moved.wait(30)
    with pytest.raises(IntegrityError) as refused:
        Drive.objects.create(device=device, serial="S9")
    thread.join()
    assert overlapped == [True]
    assert refused.value.__cause__.diag.constraint_name == "drives_join_before_erasure"
    assert (Device.objects.get().status, Drive.objects.count()) == ("ready", 0)
