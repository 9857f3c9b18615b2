"""The declarations of rules that only Postgres can hold."""

import pytest
from django.db import IntegrityError, connections, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from devices.lifecycle import DeviceStatus
from devices.models import Device
from records.refusals import refusal_for
from records.triggers import CompositeKey, RowsStay, Trigger, quoted

pytestmark = pytest.mark.django_db(transaction=True)
NO_SHELF_X = """
BEGIN
  IF NEW.shelf = 'X' THEN
    RAISE EXCEPTION 'no' USING ERRCODE = '23001', CONSTRAINT = 'no_shelf_x';
  END IF;
  RETURN NEW;
END
"""


def no_shelf_x(**changes):
    arguments = {"name": "no_shelf_x", "when": "BEFORE INSERT OR UPDATE OF shelf", "body": NO_SHELF_X}
    return Trigger(**arguments | changes)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (no_shelf_x(), "no_shelf_x"),
        (no_shelf_x(when=["BEFORE INSERT", "BEFORE UPDATE"]), "no_shelf_x"),
        (RowsStay(name="devices_device_stays", fields=["shelf"]), "devices_device_stays"),
    ],
)
def test_a_rule_is_added_and_removed_as_any_constraint(rule, name):
    device = Device.objects.create(asset_tag="5CG1")
    with connections["owner"].schema_editor() as editor:
        editor.add_constraint(Device, rule)
    try:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Device.objects.filter(pk=device.pk).update(shelf="X")
        assert refused.value.__cause__.diag.constraint_name == name
    finally:
        with connections["owner"].schema_editor() as editor:
            editor.remove_constraint(Device, rule)
    assert Device.objects.filter(pk=device.pk).update(shelf="X") == 1


def test_a_key_of_several_columns_names_the_columns_and_the_table():
    key = CompositeKey(name="itself", fields=["number", "life"], to="devices.Drive", to_fields=["serial", "device"])
    made = "ALTER TABLE devices_device ADD CONSTRAINT itself FOREIGN KEY (number, life) REFERENCES devices_drive"
    assert key.sql(Device) == f"{made} (serial, device_id) DEFERRABLE INITIALLY IMMEDIATE"
    assert key.remove_sql(Device, None) == "ALTER TABLE devices_device DROP CONSTRAINT itself"


def changes(before, after):
    """What makemigrations would write when a model's rules change."""
    states = []
    for rules in (before, after):
        state = ProjectState()
        fields = [("id", models.AutoField(primary_key=True))]
        state.add_model(ModelState("devices", "Thing", fields, {"constraints": rules, "indexes": []}))
        states.append(state)
    found = MigrationAutodetector(*states)._detect_changes()
    return [operation for migration in found.get("devices", []) for operation in migration.operations]


def test_makemigrations_sees_a_new_body_and_no_new_sentence():
    assert changes([no_shelf_x()], [no_shelf_x(refusals={"no_shelf_x": "There is no shelf X."})]) == []
    removed, added = changes([no_shelf_x()], [no_shelf_x(body="BEGIN RETURN NEW; END")])
    assert (removed.name, added.constraint.body) == ("no_shelf_x", "BEGIN RETURN NEW; END")
    assert MigrationWriter.serialize(added.constraint)[0].startswith("records.triggers.Trigger(body='BEGIN")


def test_the_lists_of_statuses_come_from_the_life_cycle():
    assert quoted([DeviceStatus.READY, DeviceStatus.RESERVED]) == "'ready', 'reserved'"
    (rule,) = [rule for rule in Device._meta.constraints if rule.name == "ready_means_erased"]
    assert "NEW.status IN ('erased', 'ready', 'reserved', 'shipped', 'passed_on')" in rule.body


def test_a_rule_says_its_sentence_by_the_name_it_refuses_with():
    error = IntegrityError()
    error.__cause__ = type(
        "Cause", (Exception,), {"diag": type("Diag", (), {"constraint_name": "issued_lines_stay"})}
    )()
    assert "Credit it instead." in str(refusal_for(error))
