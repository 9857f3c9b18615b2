from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_tokens_are_scoped"), ("people", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name=model,
            index=GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name=name),
        )
        for model, name in (("partner", "partners_by_words"), ("billto", "bill_tos_by_words"))
    ]
