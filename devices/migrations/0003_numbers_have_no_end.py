from django.db import migrations

from records.numbers import NextNumber

# The default's SQL has changed and not its arguments, which is all that makemigrations would compare.
DEFAULT, _no_params = NextNumber("D", "device_number", with_year=False).as_sql()


class Migration(migrations.Migration):
    dependencies = [("devices", "0002_short_words_begin_a_word")]

    operations = [migrations.RunSQL(f"ALTER TABLE devices_device ALTER number SET DEFAULT {DEFAULT}", migrations.RunSQL.noop)]
