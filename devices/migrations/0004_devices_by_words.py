from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Concat, Upper


class Migration(migrations.Migration):
    dependencies = [("devices", "0003_ready_means_erased"), ("people", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="device",
            index=GinIndex(
                OpClass(
                    Upper(Concat("number", Value(" "), "asset_tag", Value(" "), "maker", Value(" "), "model")),
                    name="gin_trgm_ops",
                ),
                name="devices_by_words",
            ),
        ),
    ]
