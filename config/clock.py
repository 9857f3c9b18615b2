"""The clock: every time-driven action in one visible table, and the process that rings for them where there are several
workers; a single one is the clock as well (`--clock` of config/celery.py).

It needs the broker and nothing else, so neither settings nor a model are loaded: python -m config.clock --schedule FILE
"""

import argparse

from celery import Celery
from celery.schedules import crontab

from config.environment import Environment
from jobs.doorbell import EXPIRES_AFTER

SCHEDULE = {
    "ring again for what is due": {"task": "jobs.sweep", "schedule": 5.0},
    "take out what was withdrawn": {"task": "shipping.take_out_withdrawn", "schedule": 60.0},
    "forget what programs were answered": {"task": "jobs.delete_old_answers", "schedule": 3600.0},
    "withdraw what ended organisations left": {"task": "requests.withdraw_of_ended", "schedule": 60.0},
    "forget whom requests were for": {"task": "requests.forget_marks", "schedule": 3600.0},
    "work out when laptops arrive": {"task": "requests.work_out_expected_days", "schedule": 120.0},
    "forget unfinished forms": {"task": "requests.delete_old_drafts", "schedule": 3600.0},
    "forget what nobody confirmed": {"task": "partners.delete_unconfirmed", "schedule": 3600.0},
    "forget workbooks of organisations": {"task": "partners.delete_old_imports", "schedule": 3600.0},
    "forget whose sign-in is over": {"task": "people.delete_expired", "schedule": 3600.0},
    "end agreements on their day": {"task": "partners.end_due", "schedule": 600.0},
    "remind who has not signed": {"task": "partners.remind_by_the_clock", "schedule": 3600.0},
    "tell what nobody opens": {"task": "partners.remind_unopened", "schedule": 3600.0},
    "let communes merge on their day": {"task": "partners.take_due_mutations", "schedule": 600.0},
    "count changes of the map anew": {"task": "partners.forget_map_changes", "schedule": 3600.0},
    "remove files that nothing names": {"task": "documents.sweep_files", "schedule": crontab(hour=3, minute=10)},
}

# While no worker is there, these lie in the queue; later each would ring again for the same jobs and fill it for good.
for entry in SCHEDULE.values():
    pause = entry["schedule"]
    entry["options"] = {"expires": max(pause, EXPIRES_AFTER) if isinstance(pause, float) else 3600}


def main():
    parser = argparse.ArgumentParser(prog="config.clock", description="Ring for what is done at its time.")
    parser.add_argument("--schedule", required=True, help="the file that remembers when each was last rung for")
    options = parser.parse_args()
    broker = Environment().broker("REDIS_URL", default="redis://127.0.0.1:6379/0")
    app = Celery("clock", broker=broker, fixups=[])  # Celery's own one would load Django where its settings are named
    app.conf.beat_schedule = SCHEDULE
    app.Beat(schedule=options.schedule, quiet=True).run()


if __name__ == "__main__":
    main()
