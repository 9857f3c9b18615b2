"""No laptop leaves with data on a drive, and no evidence changes: every attack here is SQL, as the runtime login."""

import pytest
from django.db import IntegrityError, connection, transaction

from devices import actions
from devices.models import Device, Drive

pytestmark = pytest.mark.django_db


def refused_by(statement, *values):
    """The name of what the database refuses these statements by."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return refused.value.__cause__.diag.constraint_name


def erase(device, volunteer, *serials):
    for serial in serials:
        actions.record_erasure(device.drives.get(serial=serial), result="success", method="purge", by=volunteer)


@pytest.mark.parametrize("status", ["erased", "ready", "reserved", "shipped", "passed_on"])
def test_a_laptop_with_an_open_drive_stays_where_it_is(volunteer, make_device, status):
    erase(make_device(serials=["S1", "S2"]), volunteer, "S1")
    assert refused_by("UPDATE devices_device SET status = %s, grade = 'A'", status) == "ready_means_erased"


def test_no_drive_joins_an_erased_laptop(make_erased):
    device = make_erased()
    statement = "INSERT INTO devices_drive (device_id, serial, kind, size_gb) VALUES (%s, 'S3', 'ssd', 256)"
    assert refused_by(statement, device.pk) == "drives_join_before_erasure"


def test_a_drive_that_was_destroyed_does_not_come_back_into_an_erased_laptop(volunteer, make_device):
    device = make_device(serials=["S1", "S2"])
    device.drives.filter(serial="S2").update(destroyed_at="2026-10-01T08:00Z")
    erase(device, volunteer, "S1")
    assert Device.objects.get().status == "erased"
    assert refused_by("UPDATE devices_drive SET destroyed_at = NULL") == "drives_join_before_erasure"


def test_an_open_drive_is_neither_deleted_nor_moved_to_make_its_laptop_ready(make_device):
    make_device()
    other = make_device("5CG2", ["S9"])
    ready = "UPDATE devices_device SET status = 'ready', grade = 'A' WHERE asset_tag = '5CG1'"
    assert refused_by(f"DELETE FROM devices_drive WHERE serial = 'S1'; {ready}") == "devices_drive_stays"
    move = "UPDATE devices_drive SET device_id = %s WHERE serial = 'S1'"
    assert refused_by(f"{move}; {ready}", other.pk) == "devices_drive_stays"
    assert (Device.objects.get(asset_tag="5CG1").status, Drive.objects.count()) == ("received", 2)


def test_what_was_erased_keeps_its_serial_number(make_erased):
    make_erased()
    assert refused_by("UPDATE devices_drive SET serial = 'S2'") == "devices_drive_stays"
    with transaction.atomic(), connection.cursor() as cursor:  # what is no evidence may be put right
        cursor.execute("UPDATE devices_drive SET serial = serial, kind = 'hdd', size_gb = 500")
    assert Drive.objects.get().kind == "hdd"


def test_a_destroyed_drive_is_the_other_way_to_ready(make_device):
    make_device()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE devices_drive SET destroyed_at = now()")
        cursor.execute("UPDATE devices_device SET status = 'ready', grade = 'A'")
    assert Device.objects.get().status == "ready"


def test_a_returned_laptop_starts_over_erasure_included(volunteer, make_device):
    device = make_device(serials=["S1", "S2"])
    erase(device, volunteer, "S1", "S2")
    Device.objects.update(status="received", life=1)
    assert device.drives.open().count() == 2
    assert refused_by("UPDATE devices_device SET status = 'erased'") == "ready_means_erased"
    device.refresh_from_db()
    erase(device, volunteer, "S1", "S2")
    assert Device.objects.get().status == "erased"
