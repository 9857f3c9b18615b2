from django.db import migrations

from records.numbers import NextNumber

# The default's SQL has changed and not its arguments, which is all that makemigrations would compare.
DEFAULT, _no_params = NextNumber("R", "request_number", with_year=True).as_sql()


class Migration(migrations.Migration):
    dependencies = [("requests", "0002_searches_are_bounded")]

    operations = [migrations.RunSQL(f"ALTER TABLE requests_devicerequest ALTER number SET DEFAULT {DEFAULT}", migrations.RunSQL.noop)]
