from django.db import migrations, models

NAME = "erased_person_is_blank"


class Migration(migrations.Migration):
    dependencies = [("requests", "0004_people_by_name")]

    operations = [
        migrations.RemoveConstraint("recipient", NAME),
        migrations.AddConstraint(
            "recipient",
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(first_name="", last_name="", birth_year__isnull=True)
                & models.Q(street="", house_number="", postcode="", town="", mobile=""),
                name=NAME,
            ),
        ),
    ]
