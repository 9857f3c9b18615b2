from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("shipping", "0003_parcel_of_its_allocation")]

    operations = [
        migrations.AlterConstraint(
            model_name="label",
            name="one_live_label_per_shipment",
            constraint=models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(state="made"),
                name="one_live_label_per_shipment",
                violation_error_message="This parcel has a label already.",
            ),
        ),
    ]
