"""The doorbell and the clock: every time-driven action in one visible table."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.schedules import crontab

from jobs.doorbell import EXPIRES_AFTER

# A demo may well be started by root. What root should fear is pickle, and messages here are JSON: a kind and a key.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("weitergabe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SCHEDULE = {
    "ring again for what is due": {"task": "jobs.sweep", "schedule": 5.0},
    "take out what was withdrawn": {"task": "shipping.take_out_withdrawn", "schedule": 60.0},
    "forget what programs were answered": {"task": "jobs.delete_old_answers", "schedule": 3600.0},
    "forget unfinished forms": {"task": "requests.delete_old_drafts", "schedule": 3600.0},
    "forget whose sign-in is over": {"task": "people.delete_expired", "schedule": 3600.0},
    "remove files that nothing names": {"task": "documents.sweep_files", "schedule": crontab(hour=3, minute=10)},
}

# While no worker is there, these lie in the queue; later each would ring again for the same jobs and fill it for good.
for entry in SCHEDULE.values():
    pause = entry["schedule"]
    entry["options"] = {"expires": max(pause, EXPIRES_AFTER) if isinstance(pause, float) else 3600}
app.conf.beat_schedule = SCHEDULE  # assigned whole: to read `conf` here would load the settings
