from django.db import migrations

NO_CHARGE_STAYS = """
CREATE FUNCTION no_charge_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
     OR to_jsonb(NEW) - 'revoked_at' <> to_jsonb(OLD) - 'revoked_at' THEN
    RAISE EXCEPTION 'what makes a parcel free is revoked once, and nothing else'
      USING ERRCODE = '23001', CONSTRAINT = 'no_charge_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_charge_stays BEFORE UPDATE OR DELETE ON billing_nocharge
  FOR EACH ROW EXECUTE FUNCTION no_charge_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_payment_of_an_issued_invoice")]

    operations = [migrations.RunSQL(NO_CHARGE_STAYS, migrations.RunSQL.noop)]
