"""The worker: what answers the doorbell."""

import gc
import os
import warnings

from celery import Celery, bootsteps
from celery.beat import PersistentScheduler
from celery.exceptions import SecurityWarning
from celery.signals import worker_before_create_process, worker_process_init
from click import Option

from config.clock import SCHEDULE
from config.embedded import die_with_parent

# A demo may well be started by root. What root should fear is pickle, and messages here are JSON: a kind and a key.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

TICK = 1  # second between two looks at what is to be rung for

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("weitergabe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE  # assigned whole: to read `conf` here would load the settings

app.user_options["worker"].add(Option(["--clock"], metavar="FILE", help="be the clock, too, and remember there"))


class Clock(bootsteps.StartStopStep):
    """Rings for what is done at its time within a worker, where there is only one: a process less."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker, clock=None, **options):
        super().__init__(worker, **options)
        self.file, self.enabled = clock, bool(clock)

    def start(self, worker):
        self.scheduler = PersistentScheduler(app=worker.app, schedule_filename=self.file)
        self.ticks = worker.timer.call_repeatedly(TICK, self.tick)

    def tick(self):
        self.scheduler.tick()
        if self.scheduler.should_sync():
            self.scheduler.sync()

    def stop(self, worker):
        self.ticks.cancel()
        self.scheduler.close()


app.steps["worker"].add(Clock)


@worker_before_create_process.connect
def load_for_all_children(**_about):
    """What draws PDFs is loaded once, before there are children, which share it: a third less memory for all."""
    import weasyprint  # noqa: F401

    gc.freeze()  # looking at it for garbage would copy it to each


@worker_process_init.connect
def end_with_the_worker(**_about):
    """A worker that was killed leaves no child behind, which would wait for ever for somebody to give it work."""
    die_with_parent(starter=os.getppid(), apart=False)
