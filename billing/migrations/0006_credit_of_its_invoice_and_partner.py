import django.db.models.deletion
from django.db import migrations, models

from records.triggers import same_partner

# The parcel is then of the same partner, too: of its line's, that of its invoice's, and that of the note's.
CREDIT_OF_AN_ISSUED_CHARGE = """
CREATE OR REPLACE FUNCTION credit_of_an_issued_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM billing_chargeline c JOIN billing_invoice i ON i.id = c.invoice_id
                 JOIN billing_creditnote n ON n.invoice_id = i.id
                 WHERE n.id = NEW.credit_note_id AND c.shipment_id = NEW.shipment_id AND c.turn = NEW.turn
                   AND i.status = 'issued') THEN
    RAISE EXCEPTION 'only an issued charge of its own invoice can be credited'
      USING ERRCODE = '23001', CONSTRAINT = 'credit_of_an_issued_charge';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_credit_and_order_of_their_partner")]

    operations = [
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(fields=["id", "partner"], name="credit_note_with_partner"),
        ),
        migrations.AddField(  # without a default: there is no verb yet that credits, so there is no row
            model_name="creditline",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
            ),
        ),
        same_partner("billing_creditline", "credit_note_id", "billing_creditnote", name="credit_of_its_partner"),
        migrations.RunSQL(CREDIT_OF_AN_ISSUED_CHARGE, migrations.RunSQL.noop),
    ]
