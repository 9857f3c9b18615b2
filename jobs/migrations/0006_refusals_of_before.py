from django.db import migrations

# What broke began with the class of its error; a refusal was a sentence.
REFUSALS_OF_BEFORE = r"""
UPDATE jobs_job SET is_refused = true
WHERE state = 'dead' AND error <> '' AND error !~ '^([A-Za-z_]\w*: |the worker died)';
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_refused_or_broken")]

    operations = [migrations.RunSQL(REFUSALS_OF_BEFORE, migrations.RunSQL.noop)]
