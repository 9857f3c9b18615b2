from django.db import migrations

from records.triggers import same_partner

# Locked first, so that it and a line being written wait for each other: changing who pays touches no key.
DEBTOR_STAYS = """
CREATE OR REPLACE FUNCTION debtor_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM shipping_shipment WHERE id = NEW.id FOR UPDATE;
  IF NEW.bill_to_id IS DISTINCT FROM OLD.bill_to_id AND EXISTS (
    SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
    WHERE c.shipment_id = NEW.id AND k.shipment_id IS NULL)
  THEN
    RAISE EXCEPTION 'credit the charge before billing another unit'
      USING ERRCODE = '23001', CONSTRAINT = 'debtor_stays';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_bank_file_once_finding_known"), ("requests", "0002_of_the_same_partner")]

    operations = [
        migrations.RunSQL(DEBTOR_STAYS, migrations.RunSQL.noop),
        same_partner("billing_creditnote", "invoice_id", "billing_invoice", name="credit_note_of_its_partner"),
        same_partner("billing_invoice", "request_id", "requests_devicerequest", name="invoice_request_of_its_partner"),
    ]
