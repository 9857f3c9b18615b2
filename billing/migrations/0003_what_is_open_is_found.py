from django.db import migrations

# Nobody writes meanwhile: what was read would no longer hold.
FIND = """
LOCK TABLE shipping_shipment, billing_invoice, billing_chargeline, billing_creditline, billing_nocharge, billing_payment
  IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO billing_unchargedparcel (shipment_id, bill_to_id, handed_over_at, price)
SELECT s.id, s.bill_to_id, s.handed_over_at, s.price FROM shipping_shipment s
WHERE s.handed_over_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
                  WHERE c.shipment_id = s.id AND k.shipment_id IS NULL)
  AND NOT EXISTS (SELECT 1 FROM billing_nocharge n WHERE n.shipment_id = s.id AND n.revoked_at IS NULL)
ON CONFLICT DO NOTHING;

INSERT INTO billing_openinvoice (invoice_id, paid)
SELECT i.id, COALESCE(booked.paid, 0) FROM billing_invoice i
LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM billing_payment GROUP BY invoice_id) booked
  ON booked.invoice_id = i.id
WHERE i.status = 'issued' AND COALESCE(booked.paid, 0) < i.total
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """What was open before the triggers were there."""

    dependencies = [("billing", "0002_what_is_open_is_kept")]
    operations = [migrations.RunSQL(FIND, migrations.RunSQL.noop)]
