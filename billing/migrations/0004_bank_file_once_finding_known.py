from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_books")]

    operations = [
        migrations.AlterField(
            model_name="banktransaction",
            name="finding",
            field=models.CharField(
                max_length=12,
                choices=[
                    ("exact", "Booked"),
                    ("more", "More than is open on the invoice"),
                    ("credited", "The invoice was credited"),
                    ("unknown", "No invoice has this reference"),
                    ("missing", "No QR reference"),
                    ("invalid", "The reference has a wrong digit"),
                    ("several", "Several references in one payment"),
                    ("currency", "Not in Swiss francs"),
                    ("uneven", "The parts don’t add up to what was booked"),
                    ("taken_back", "Money out, or taken back by the bank"),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    finding__in=[
                        "exact", "more", "credited", "unknown", "missing", "invalid", "several", "currency", "uneven",
                        "taken_back",
                    ]
                ),
                name="finding_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankfile",
            constraint=models.UniqueConstraint(fields=["sha256"], name="a_bank_file_once"),
        ),
    ]  # fmt: skip
