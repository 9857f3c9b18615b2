

import django.db.models.deletion
import partners.models.intake_link
import records.clock
import records.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_mails_in_own_words'),
        ('requests', '0009_an_expected_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrackingLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=partners.models.intake_link.new_token, editable=False, max_length=19, unique=True)),
                ('opened_at', models.DateTimeField(default=records.clock.now, editable=False)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracking_links', to='requests.devicerequest')),
                ('slip', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('request',), name='one_open_tracking_link_per_request', violation_error_message='There is an open link already.'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='tracking_link_closes_after_it_opened'), records.triggers.RowsStay(fields=['request', 'token', 'opened_at'], name='requests_trackinglink_stays'), records.triggers.Trigger(body="\nBEGIN\n  IF OLD.closed_at IS NULL THEN RETURN NEW; END IF;\n  RAISE EXCEPTION 'a closed tracking link is opened again'\n    USING ERRCODE = '23514', CONSTRAINT = 'a_closed_tracking_link_stays_closed';\nEND\n", name='a_closed_tracking_link_stays_closed', when=['BEFORE UPDATE OF closed_at'])],
            },
        ),
    ]
