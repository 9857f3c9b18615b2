from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("shipping", "0004_refusals_say_why")]

    operations = [
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["shipment"], condition=Q(state="to_void"), name="labels_to_void"),
        )
    ]
