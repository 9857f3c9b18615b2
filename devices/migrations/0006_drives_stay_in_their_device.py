from django.db import migrations

# An erasure is evidence about a drive: a laptop is not ready because its drive was deleted or moved away, and what was
# erased does not get another serial number. A drive that goes is destroyed: `destroyed_at`.
DRIVES_STAY = """
CREATE TRIGGER devices_drive_is_kept BEFORE DELETE ON devices_drive FOR EACH ROW EXECUTE FUNCTION rows_stay();
CREATE TRIGGER devices_drive_stays BEFORE UPDATE ON devices_drive FOR EACH ROW
  WHEN ((NEW.id, NEW.device_id, NEW.serial) IS DISTINCT FROM (OLD.id, OLD.device_id, OLD.serial))
  EXECUTE FUNCTION rows_stay();
"""
UNDO = """
DROP TRIGGER devices_drive_stays ON devices_drive;
DROP TRIGGER devices_drive_is_kept ON devices_drive;
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0005_drives_and_steps_wait_for_each_other")]

    operations = [migrations.RunSQL(DRIVES_STAY, UNDO)]
