from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0005_erased_person_has_no_year_of_birth")]

    operations = [
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                fields=["id", "request", "device"], name="allocation_with_request_and_device"
            ),
        ),
    ]
