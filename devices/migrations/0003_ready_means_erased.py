from django.db import migrations

from records.triggers import insert_only

READY_MEANS_ERASED = """
CREATE FUNCTION ready_means_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('erased', 'ready', 'reserved', 'shipped', 'passed_on') AND EXISTS (
    SELECT 1 FROM devices_drive d WHERE d.device_id = NEW.id AND d.destroyed_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM devices_erasure e WHERE e.drive_id = d.id AND e.turn = NEW.turn AND e.result = 'success'))
  THEN
    RAISE EXCEPTION 'a drive of device % has no successful erasure', NEW.id
      USING ERRCODE = '23001', CONSTRAINT = 'ready_means_erased';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ready_means_erased BEFORE INSERT OR UPDATE OF status, turn ON devices_device
  FOR EACH ROW EXECUTE FUNCTION ready_means_erased();

-- The device's row is locked, so that a drive and a step of its device wait for each other.
CREATE FUNCTION drives_join_before_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.device_id = OLD.device_id
     AND (NEW.destroyed_at IS NOT NULL OR OLD.destroyed_at IS NULL) THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM devices_device WHERE id = NEW.device_id AND status NOT IN ('received', 'repair') FOR UPDATE;
  IF FOUND THEN
    RAISE EXCEPTION 'device % is past its erasure', NEW.device_id
      USING ERRCODE = '23001', CONSTRAINT = 'drives_join_before_erasure';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER drives_join_before_erasure BEFORE INSERT OR UPDATE ON devices_drive
  FOR EACH ROW EXECUTE FUNCTION drives_join_before_erasure();
"""
UNDO = """
DROP TRIGGER drives_join_before_erasure ON devices_drive;
DROP FUNCTION drives_join_before_erasure();
DROP TRIGGER ready_means_erased ON devices_device;
DROP FUNCTION ready_means_erased();
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0002_initial"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(READY_MEANS_ERASED, UNDO),
        insert_only("devices_devicestep"),
        insert_only("devices_erasure"),
        insert_only("devices_inspection"),
    ]
