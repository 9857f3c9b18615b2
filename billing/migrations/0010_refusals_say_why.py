from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_series_rises_by_one")]

    operations = [
        migrations.AlterConstraint(
            model_name="invoice",
            name="number_once_per_series",
            constraint=models.UniqueConstraint(
                fields=["series", "number"],
                name="number_once_per_series",
                violation_error_message="This number is taken already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="creditnote",
            name="credit_number_once_per_series",
            constraint=models.UniqueConstraint(
                fields=["series", "number"],
                name="credit_number_once_per_series",
                violation_error_message="This number is taken already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="chargeline",
            name="one_charge_per_turn",
            constraint=models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_charge_per_turn",
                violation_error_message="This parcel is charged already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="creditline",
            name="one_credit_per_turn",
            constraint=models.UniqueConstraint(
                fields=["shipment", "turn"],
                name="one_credit_per_turn",
                violation_error_message="This charge is credited already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="nocharge",
            name="one_live_no_charge_per_shipment",
            constraint=models.UniqueConstraint(
                fields=["shipment"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_no_charge_per_shipment",
                violation_error_message="This parcel is free already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="bankfile",
            name="a_bank_file_once",
            constraint=models.UniqueConstraint(
                fields=["sha256"],
                name="a_bank_file_once",
                violation_error_message="This file was booked already.",
            ),
        ),
    ]
