from django.db import migrations, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast, Right


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_refusals_say_why")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="place",
            field=models.GeneratedField(
                expression=Case(
                    When(number__isnull=True, then=Value(10**15) + F("id")),
                    default=Cast(Right("series", 4), models.BigIntegerField()) * Value(10**9) + F("number"),
                ),
                output_field=models.BigIntegerField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex("invoice", models.Index(fields=["-place"], name="invoices_by_number")),
        migrations.AddIndex("invoice", models.Index(fields=["partner", "-place"], name="invoices_of_partner")),
    ]
