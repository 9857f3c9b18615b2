from django.db import migrations

PAYMENT_OF_AN_ISSUED_INVOICE = """
-- Once per statement, so that a bank file of ten thousand payments stays set-based.
CREATE FUNCTION payment_of_an_issued_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM new_payments p JOIN billing_invoice i ON i.id = p.invoice_id WHERE i.status <> 'issued') THEN
    RAISE EXCEPTION 'only an issued invoice can be paid'
      USING ERRCODE = '23001', CONSTRAINT = 'payment_of_an_issued_invoice';
  END IF;
  IF EXISTS (SELECT 1 FROM new_payments p JOIN billing_banktransaction t ON t.id = p.transaction_id
             WHERE t.amount <> p.amount) THEN
    RAISE EXCEPTION 'the bank booked another amount'
      USING ERRCODE = '23514', CONSTRAINT = 'payment_is_what_the_bank_booked';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER payment_of_an_issued_invoice AFTER INSERT ON billing_payment
  REFERENCING NEW TABLE AS new_payments FOR EACH STATEMENT EXECUTE FUNCTION payment_of_an_issued_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_credit_of_its_invoice_and_partner")]

    operations = [migrations.RunSQL(PAYMENT_OF_AN_ISSUED_INVOICE, migrations.RunSQL.noop)]
