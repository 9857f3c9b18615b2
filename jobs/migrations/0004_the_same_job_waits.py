from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_same_key_same_answer")]

    operations = [
        migrations.AlterConstraint(
            model_name="job",
            name="one_waiting_job_per_subject",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("kind", "subject"),
                name="one_waiting_job_per_subject",
                violation_error_message="The same job waits already.",
            ),
        ),
    ]
