"""What is booked stays: rules that hold for the ORM, the admin, raw SQL and cascades alike.

TRUNCATE and DDL are refused by privilege, the runtime login owns nothing. Every trigger names itself with
CONSTRAINT =, so that a refusal can be told from another and said to a person.
"""

from django.db import migrations

from records.triggers import insert_only, same_partner

NO_GAP = """
-- Number n can only be committed when n - 1 exists: a gap is impossible, whoever writes.
ALTER TABLE billing_invoice ADD CONSTRAINT no_gap FOREIGN KEY (series_id, previous)
  REFERENCES billing_invoice (series_id, number) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE billing_invoice ADD CONSTRAINT first_of_its_series FOREIGN KEY (series_id, first)
  REFERENCES billing_series (name, first);
"""

TURNS = """
-- Turn n of a charge follows credit n - 1, and a credit takes back a whole charge.
ALTER TABLE billing_creditline ADD CONSTRAINT credits_a_whole_charge FOREIGN KEY (shipment_id, turn, amount)
  REFERENCES billing_chargeline (shipment_id, turn, amount);
ALTER TABLE billing_chargeline ADD CONSTRAINT rebill_only_after_credit FOREIGN KEY (shipment_id, credited_turn)
  REFERENCES billing_creditline (shipment_id, turn);
"""

INVOICE_IS_FINAL = """
CREATE FUNCTION invoice_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'draft' THEN
      RAISE EXCEPTION 'an invoice begins as a draft' USING ERRCODE = '23001', CONSTRAINT = 'born_as_draft';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status = 'issued' THEN
    RAISE EXCEPTION 'an issued invoice cannot %', lower(TG_OP)
      USING ERRCODE = '23001', CONSTRAINT = 'issued_invoice_stays';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status = 'issued' AND NEW.total IS DISTINCT FROM
     (SELECT sum(amount) FROM billing_chargeline WHERE invoice_id = NEW.id) THEN
    RAISE EXCEPTION 'the total is not the sum of the lines' USING ERRCODE = '23514', CONSTRAINT = 'total_is_the_sum';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER invoice_is_final BEFORE INSERT OR UPDATE OR DELETE ON billing_invoice
  FOR EACH ROW EXECUTE FUNCTION invoice_is_final();
"""

LINES_OF_DRAFTS_ONLY = """
-- Once per statement, so that a close of 20,000 lines stays set-based. Issuing changes a unique key, so it and
-- changing lines wait for each other: inserts by their foreign key, updates and deletes by FOR KEY SHARE here.
CREATE FUNCTION lines_of_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN SELECT array_agg(DISTINCT invoice_id) INTO touched FROM new_lines;
  ELSIF TG_OP = 'DELETE' THEN SELECT array_agg(DISTINCT invoice_id) INTO touched FROM old_lines;
  ELSE SELECT array_agg(DISTINCT invoice_id) INTO touched
       FROM (SELECT invoice_id FROM new_lines UNION SELECT invoice_id FROM old_lines) both_sides;
  END IF;
  PERFORM 1 FROM billing_invoice WHERE id = ANY (touched) ORDER BY id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM billing_invoice WHERE id = ANY (touched) AND status = 'issued') THEN
    RAISE EXCEPTION 'lines of an issued invoice cannot %', lower(TG_OP)
      USING ERRCODE = '23001', CONSTRAINT = 'issued_lines_stay';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;  -- there is no new_lines to look at
  IF EXISTS (
    SELECT 1 FROM new_lines l JOIN billing_invoice i ON i.id = l.invoice_id
    JOIN shipping_shipment s ON s.id = l.shipment_id WHERE s.bill_to_id IS DISTINCT FROM i.bill_to_id)
  THEN
    RAISE EXCEPTION 'the parcel is billed to another unit' USING ERRCODE = '23001', CONSTRAINT = 'line_of_its_debtor';
  END IF;
  IF EXISTS (
    SELECT 1 FROM new_lines l JOIN billing_nocharge n ON n.shipment_id = l.shipment_id AND n.revoked_at IS NULL)
  THEN
    RAISE EXCEPTION 'a free parcel is not charged' USING ERRCODE = '23001', CONSTRAINT = 'free_or_charged';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_insert AFTER INSERT ON billing_chargeline
  REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION lines_of_drafts_only();
CREATE TRIGGER lines_update AFTER UPDATE ON billing_chargeline
  REFERENCING NEW TABLE AS new_lines OLD TABLE AS old_lines FOR EACH STATEMENT EXECUTE FUNCTION lines_of_drafts_only();
CREATE TRIGGER lines_delete AFTER DELETE ON billing_chargeline
  REFERENCING OLD TABLE AS old_lines FOR EACH STATEMENT EXECUTE FUNCTION lines_of_drafts_only();
"""

CREDIT_OF_AN_ISSUED_CHARGE = """
CREATE FUNCTION credit_of_an_issued_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM billing_chargeline c JOIN billing_invoice i ON i.id = c.invoice_id
                 WHERE c.shipment_id = NEW.shipment_id AND c.turn = NEW.turn AND i.status = 'issued') THEN
    RAISE EXCEPTION 'only an issued charge can be credited'
      USING ERRCODE = '23001', CONSTRAINT = 'credit_of_an_issued_charge';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credit_of_an_issued_charge BEFORE INSERT ON billing_creditline
  FOR EACH ROW EXECUTE FUNCTION credit_of_an_issued_charge();
"""

FREE_OR_CHARGED = """
-- The NoCharge side locks the shipment first, so that it and a close wait for each other.
CREATE FUNCTION free_or_charged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revoked_at IS NOT NULL THEN RETURN NEW; END IF;
  PERFORM 1 FROM shipping_shipment WHERE id = NEW.shipment_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
             WHERE c.shipment_id = NEW.shipment_id AND k.shipment_id IS NULL) THEN
    RAISE EXCEPTION 'a charged parcel is not free' USING ERRCODE = '23001', CONSTRAINT = 'free_or_charged';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER free_or_charged BEFORE INSERT OR UPDATE ON billing_nocharge
  FOR EACH ROW EXECUTE FUNCTION free_or_charged();
"""

DEBTOR_STAYS = """
CREATE FUNCTION debtor_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.bill_to_id IS DISTINCT FROM OLD.bill_to_id AND EXISTS (
    SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
    WHERE c.shipment_id = NEW.id AND k.shipment_id IS NULL)
  THEN
    RAISE EXCEPTION 'credit the charge before billing another unit'
      USING ERRCODE = '23001', CONSTRAINT = 'debtor_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER debtor_stays BEFORE UPDATE OF bill_to_id ON shipping_shipment
  FOR EACH ROW EXECUTE FUNCTION debtor_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial"), ("shipping", "0002_of_the_same_partner")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (
            NO_GAP, TURNS, INVOICE_IS_FINAL, LINES_OF_DRAFTS_ONLY, CREDIT_OF_AN_ISSUED_CHARGE, FREE_OR_CHARGED,
            DEBTOR_STAYS,
        )
    ] + [
        same_partner("billing_invoice", "bill_to_id", "partners_billto", name="invoice_bill_to_of_its_partner"),
        same_partner("billing_chargeline", "invoice_id", "billing_invoice", name="line_of_its_partner"),
        same_partner("billing_chargeline", "shipment_id", "shipping_shipment", name="parcel_of_its_partner"),
        *(
            insert_only(f"billing_{table}")
            for table in (
                "creditline", "creditnote", "close", "invoicestep", "invoicedocument", "bankfile", "banktransaction",
                "payment",
            )
        ),
    ]  # fmt: skip
