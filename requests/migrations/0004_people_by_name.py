from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


def beginning_of(column, name):
    return migrations.AddIndex(
        model_name="recipient", index=models.Index(OpClass(Upper(column), name="text_pattern_ops"), name=name)
    )


class Migration(migrations.Migration):
    dependencies = [("requests", "0003_proof_of_need")]

    operations = [
        beginning_of("first_name", "people_by_first_name"),
        beginning_of("last_name", "people_by_last_name"),
    ]
