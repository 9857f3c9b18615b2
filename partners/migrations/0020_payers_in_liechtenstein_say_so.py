from django.db import migrations


def say_the_country(apps, schema_editor):
    """A payer's postcode between 9485 and 9498 is one of Liechtenstein."""
    payers = apps.get_model("partners", "BillTo").objects.using(schema_editor.connection.alias)
    payers.filter(country="CH", postcode__regex=r"^94(8[5-9]|9[0-8])$").update(country="LI")


class Migration(migrations.Migration):
    dependencies = [("partners", "0019_answers_are_written_once")]
    operations = [migrations.RunPython(say_the_country, migrations.RunPython.noop)]
