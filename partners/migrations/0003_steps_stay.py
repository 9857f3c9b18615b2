from django.db import migrations

from records.triggers import insert_only


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_initial"), ("people", "0001_initial")]

    operations = [insert_only("partners_partnerstep"), insert_only("partners_agreement")]
