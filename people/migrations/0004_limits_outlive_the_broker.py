from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's cache, in which the limits on signing in are counted."""

    dependencies = [("people", "0003_secrets_are_encrypted")]

    operations = [
        migrations.RunSQL(
            "CREATE TABLE people_limit (cache_key varchar(255) PRIMARY KEY, value text NOT NULL,"
            " expires timestamptz NOT NULL); CREATE INDEX limits_over ON people_limit (expires);",
            "DROP TABLE people_limit;",
        )
    ]
