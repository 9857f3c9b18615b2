from django.db import migrations

# What is locked is the row, whatever its status: to look at the status first, and lock only a laptop past its erasure,
# let a drive in beside a step that was not committed yet, and the laptop was ready with a drive never erased.
LOCK_FIRST = """
CREATE OR REPLACE FUNCTION drives_join_before_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stands text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.device_id = OLD.device_id
     AND (NEW.destroyed_at IS NOT NULL OR OLD.destroyed_at IS NULL) THEN
    RETURN NEW;
  END IF;
  SELECT status INTO stands FROM devices_device WHERE id = NEW.device_id FOR NO KEY UPDATE;
  IF stands NOT IN ('received', 'repair') THEN
    RAISE EXCEPTION 'device % is past its erasure', NEW.device_id
      USING ERRCODE = '23001', CONSTRAINT = 'drives_join_before_erasure';
  END IF;
  RETURN NEW;
END $$;
"""
LOOK_FIRST = """
CREATE OR REPLACE FUNCTION drives_join_before_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0004_devices_by_words")]

    operations = [migrations.RunSQL(LOCK_FIRST, LOOK_FIRST)]
