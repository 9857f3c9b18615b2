from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Concat

from requests.models.device_request import Folded

# unaccent is only STABLE, since its dictionary can be changed; ours is the one that comes with it.
FOLDED = """
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, translate(normalize(words, NFC), '-.,''’', '     ')))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests", "0006_allocation_with_request_and_device"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(FOLDED, "DROP FUNCTION folded(text);"),
        migrations.RemoveIndex("recipient", "people_by_first_name"),
        migrations.RemoveIndex("recipient", "people_by_last_name"),
        migrations.AddIndex(
            "recipient",
            GinIndex(
                OpClass(Folded(Concat(Value(" "), "first_name", Value(" "), "last_name")), name="gin_trgm_ops"),
                name="people_by_name_words",
            ),
        ),
    ]
