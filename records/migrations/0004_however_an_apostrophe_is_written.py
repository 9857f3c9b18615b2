from django.db import migrations

# After unaccent, which turns some apostrophes and hyphens into others.
HOWEVER_IT_IS_WRITTEN = """
CREATE OR REPLACE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(translate(
    public.unaccent('public.unaccent'::regdictionary, normalize(words, NFC)), '-.,''’ʼ‘´`ʹ′‐‑‒–—', repeat(' ', 16)))
$$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, translate(normalize(words, NFC), '-.,''’', '     ')))
$$;
"""


class Migration(migrations.Migration):
    """A name is found whichever apostrophe or hyphen it was typed with, and whichever is looked for."""

    dependencies = [("records", "0003_plans_are_made_quickly")]
    operations = [migrations.RunSQL(HOWEVER_IT_IS_WRITTEN, AS_BEFORE)]
