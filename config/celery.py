"""The doorbell and the clock: every time-driven deed in one visible table."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("weitergabe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="work")

app.conf.beat_schedule = {
    "ring again for what is due": {"task": "jobs.sweep", "schedule": 5.0},
}
