

import django.contrib.postgres.indexes
import django.db.models.functions.text
import records.folding
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0015_loads_of_the_register_are_kept'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='billto',
            name='bill_tos_by_words',
        ),
        migrations.RemoveIndex(
            model_name='partner',
            name='partners_by_words',
        ),
        migrations.AddField(
            model_name='partner',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=records.folding.Folded(django.db.models.functions.text.Concat('name', models.Value(' '), 'postcode', models.Value(' '), 'town')), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='billto',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(records.folding.Folded('name'), name='gin_trgm_ops'), name='bill_tos_by_words'),
        ),
        migrations.AddIndex(
            model_name='partner',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='partners_by_words', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='partner',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(records.folding.Folded('name'), name='gin_trgm_ops'), name='partners_by_name'),
        ),
    ]
