from django.db import migrations
from django.db.models import F


def drop_added(apps, schema_editor):
    """An address added to an account would go on opening it."""
    addresses = apps.get_model("account", "EmailAddress").objects.using(schema_editor.connection.alias)
    addresses.exclude(email=F("user__email")).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [migrations.RunPython(drop_added, migrations.RunPython.noop)]
