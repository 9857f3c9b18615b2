

import datetime
import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_mails_in_own_words'),
        ('partners', '0016_partners_are_found_whatever_the_accents'),
        ('requests', '0008_names_are_folded_anew'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='devicerequest',
            name='expected_by',
            field=models.CharField(blank=True, choices=[('post', 'It is with Swiss Post, which mostly needs two working days.'), ('laptop', 'A laptop is here for it.'), ('supply', 'An estimate: if as many laptops come in as in the last three months.'), ('nothing', 'No day can be said yet: it depends on the laptops that come in.')], db_default='', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='devicerequest',
            name='expected_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='round_capacity',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='Parcels a round holds'),
        ),
        migrations.AddField(
            model_name='policy',
            name='round_days',
            field=models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='Days from one round to the next'),
        ),
        migrations.AddField(
            model_name='policy',
            name='round_first',
            field=models.DateField(default=datetime.date(2026, 1, 6), verbose_name='A day on which parcels go out'),
        ),
        migrations.AddConstraint(
            model_name='devicerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expected_by__in', ['', 'nothing']), ('expected_on__isnull', True)), models.Q(('expected_by__in', ['laptop', 'supply', 'post']), ('expected_on__isnull', False)), _connector='OR'), name='an_expected_day_stands_on_something'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('round_days__range', (1, 60)), ('round_capacity__range', (1, 1000))), name='rounds_come_and_hold_something'),
        ),
    ]
