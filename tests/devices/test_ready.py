import pytest
from django.db import IntegrityError, connection, transaction

from devices import actions
from devices.checklist import POINTS
from devices.models import Device
from people.lifecycle import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(volunteer):
    device, _is_new = actions.receive(
        asset_tag="5cg1", by=volunteer, memory_gb=8, drives=[{"serial": "S1"}, {"serial": "S2"}]
    )
    return device


def erase(device, volunteer, *serials, result="success"):
    for serial in serials:
        actions.record_erasure(device.drives.get(serial=serial), result=result, method="purge", by=volunteer)


def test_scanning_the_same_laptop_twice_is_harmless(device, volunteer):
    again, is_new = actions.receive(asset_tag=" 5CG1 ", by=volunteer, drives=[])
    assert (again, is_new, Device.objects.count()) == (device, False, 1)


def test_a_laptop_is_erased_once_each_drive_is(device, volunteer):
    erase(device, volunteer, "S1")
    assert Device.objects.get().status == "received"
    erase(device, volunteer, "S2")
    assert Device.objects.get().status == "erased"


def test_a_failed_erasure_does_not_count(device, volunteer):
    erase(device, volunteer, "S1")
    erase(device, volunteer, "S2", result="failed")
    assert Device.objects.get().status == "received"


def test_ready_needs_every_point_of_the_checklist(device, volunteer):
    erase(device, volunteer, "S1", "S2")
    with pytest.raises(Refused):
        actions.mark_ready(device, points=["shell"], grade="A", by=volunteer)
    actions.mark_ready(device, points=list(POINTS), grade="A", by=volunteer)
    assert Device.objects.get().status == "ready"
    assert device.inspections.get().grade == "A"


@pytest.mark.parametrize("status", ["erased", "ready", "reserved", "shipped"])
def test_the_database_refuses_a_laptop_with_an_open_drive(device, volunteer, status):
    erase(device, volunteer, "S1")
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE devices_device SET status = %s, grade = 'A'", [status])
    assert refused.value.__cause__.diag.constraint_name == "ready_means_erased"


def test_the_database_refuses_a_new_drive_in_an_erased_laptop(device, volunteer):
    erase(device, volunteer, "S1", "S2")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        device.drives.create(serial="S3")
    assert refused.value.__cause__.diag.constraint_name == "drives_join_before_erasure"


def test_a_returned_laptop_starts_over_erasure_included(device, volunteer):
    erase(device, volunteer, "S1", "S2")
    Device.objects.update(status="received", turn=1)
    assert device.drives.open().count() == 2
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Device.objects.update(status="erased")
    assert refused.value.__cause__.diag.constraint_name == "ready_means_erased"
    device.refresh_from_db()
    erase(device, volunteer, "S1", "S2")
    assert Device.objects.get().status == "erased"
