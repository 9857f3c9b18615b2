from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_the_same_job_waits")]

    operations = [
        migrations.AddField(
            model_name="job", name="is_refused", field=models.BooleanField(default=False, db_default=False)
        ),
    ]
