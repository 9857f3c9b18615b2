"""How long a large demo takes to load: seconds, rows a second, and the ratio to the five minutes it may take.

Run it with `.venv/bin/python benchmarks/bench_load_demo.py [--requests 100000]`: it starts a Postgres of its own,
durable as the demo's, and throws it away. The processor time tells the truth on a machine that is busy otherwise.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REQUESTS = 100_000
LIMIT = 300  # seconds for them on two cores


def main():
    parser = argparse.ArgumentParser(description="Load a large demo into a throwaway database and time it.")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command
        from django.db import connection

        call_command("prepare", verbosity=0)
        call_command("load_communes", stdout=open(os.devnull, "w"))  # noqa: SIM115
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        began = time.monotonic(), time.process_time(), _processor_seconds(backend)
        call_command("load_demo", requests=requests)
        seconds = time.monotonic() - began[0]
        ours, theirs = time.process_time() - began[1], _processor_seconds(backend) - began[2]
        rows = _rows()
    print(f"{seconds:.1f} s for {rows:,} rows: {rows / seconds:,.0f} rows a second")
    print(f"processor: {ours:.1f} s here, {theirs:.1f} s in Postgres")
    if requests == REQUESTS:
        print(f"{seconds / LIMIT:.2f} of the five minutes for {REQUESTS:,} requests")


def start(data_dir):
    """A demo's environment with servers of its own."""
    from config import embedded

    os.environ.update(
        DEMO="1",
        DATA_DIR=data_dir,
        SECRET_KEY="k" * 60,
        DJANGO_SETTINGS_MODULE="config.settings",
        REDIS_URL=embedded.start_valkey(),
        **embedded.start_postgres(throwaway=True, durable=True),
    )
    import django

    django.setup()


def _processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rows():
    from django.apps import apps

    return sum(model.objects.count() for model in apps.get_models() if model._meta.app_label != "contenttypes")


if __name__ == "__main__":
    main()
