from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from records.grants import grant_to_runtime

# What `RowsStay` calls: the refusal is named after the table.
ROWS_STAY = """
CREATE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to', TG_TABLE_NAME
    USING ERRCODE = '23001', CONSTRAINT = TG_TABLE_NAME || '_stays';
END $$;
"""

# What `records.clock` says it is, for what Postgres fills in by itself.
CLOCK_NOW = """
CREATE FUNCTION clock_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT COALESCE(NULLIF(current_setting('weitergabe.now', true), '')::timestamptz, now())
$$;
"""

# unaccent is only STABLE, since its dictionary can be changed; ours is the one that comes with it.
FOLDED = """
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, translate(normalize(words, NFC), '-.,''’', '     ')))
$$;
"""


class Migration(migrations.Migration):
    """What all tables stand on: the rights of the logins, extensions, functions."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunPython(grant_to_runtime, migrations.RunPython.noop),
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(ROWS_STAY, "DROP FUNCTION rows_stay();"),
        migrations.RunSQL(CLOCK_NOW, "DROP FUNCTION clock_now();"),
        migrations.RunSQL(FOLDED, "DROP FUNCTION folded(text);"),
    ]
