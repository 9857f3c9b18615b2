"""The worker: what answers the doorbell."""

import gc
import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_before_create_process, worker_process_init

from config.clock import SCHEDULE
from config.embedded import die_with_parent

# A demo may well be started by root. What root should fear is pickle, and messages here are JSON: a kind and a key.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("weitergabe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE  # assigned whole: to read `conf` here would load the settings


@worker_before_create_process.connect
def load_for_all_children(**_about):
    """What draws PDFs is loaded once, before there are children, which share it: a third less memory for all."""
    import weasyprint  # noqa: F401

    gc.freeze()  # looking at it for garbage would copy it to each


@worker_process_init.connect
def end_with_the_worker(**_about):
    """A worker that was killed leaves no child behind, which would wait for ever for somebody to give it work."""
    die_with_parent(starter=os.getppid(), apart=False)
