from django.db import migrations

from people.second_factor import MFAAdapter


def encrypt(apps, schema_editor):
    """Secrets lay there as they were until now."""
    hidden = MFAAdapter().encrypt
    for row in apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias).all():
        for name in {"secret", "seed"} & set(row.data):
            row.data[name] = hidden(row.data[name])
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("people", "0002_one_address_per_person"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(encrypt)]
