

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0003_numbers_have_no_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='devicestep',
            index=models.Index(condition=models.Q(('verb', 'mark_ready')), fields=['at'], name='laptops_made_ready'),
        ),
    ]
