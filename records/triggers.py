"""SQL for migrations: rules that hold whoever writes, whatever the road."""

from django.db import migrations

INSERT_ONLY_FUNCTION = """
CREATE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to', TG_TABLE_NAME
    USING ERRCODE = '23001', CONSTRAINT = TG_TABLE_NAME || '_stays';
END $$;
"""


def insert_only(table):
    """Refuse UPDATE and DELETE of the table's rows, with `<table>_stays` as the refusal's name."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION rows_stay();",
        f"DROP TRIGGER {table}_stays ON {table};",
    )


def same_partner(table, column, target, *, name, partner="partner_id"):
    """Make it impossible that `table.column` points to a `target` row of another partner.

    The target needs a unique constraint on (id, partner_id).
    """
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {partner}) "
        f"REFERENCES {target} (id, partner_id) DEFERRABLE INITIALLY IMMEDIATE;",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )
