"""What the public map costs while nothing changes, as a ratio to a plain view that sends the same bytes.

Run it with `.venv/bin/python benchmarks/bench_map.py [--requests 400]`: it fills a Postgres of its own with the demo
and throws it away. A cost is processor time, of the one web worker that is asked over HTTP and of its Postgres; each
round opens every page once, and medians are printed. The plain view stands in the same site, behind the same
middleware.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench_load_demo import start
from web_worker import WebWorker

ROUNDS, WARM_UP = 150, 10
KEPT = {
    "plain": "/plain/?of=page",
    "map": "/map/",
    "plain, JSON": "/plain/?of=json",
    "map, JSON": "/map/data.json",
}
WRITTEN = {
    "map, canton open": "/map/?canton=BE",
    "map, looked for": "/map/?q=3400",
}
FLOORS = {"map": "plain", "map, JSON": "plain, JSON"}


def main():
    parser = argparse.ArgumentParser(description="Measure the public map.")
    parser.add_argument("--requests", type=int, default=400, help="of the demo (400)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        Path(data_dir, "static").mkdir()
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        call_command("load_demo", requests=options.requests, verbosity=0)
        _measure_cold()
        with WebWorker("map_worker:application()") as worker:
            print(f"{'':18} {'web':>6} {'db':>6}  ms  {'wall':>6}  {'KB':>6}  × floor")
            _measure(worker, KEPT)
            _measure(worker, WRITTEN)
    return 0


def _measure_cold():
    """How long the figures and a page take after a change."""
    import time

    from django.test import Client

    from config.map import kept
    from partners.models import MapChange

    client, figures, pages = Client(SERVER_NAME="localhost"), [], []
    for _round in range(6):
        MapChange.objects.forget()
        began = time.process_time()
        kept.current()
        figures.append(time.process_time() - began)
        kept._answers.clear()
        began = time.process_time()
        client.get("/map/")
        pages.append(time.process_time() - began)
    print(f"after a change: figures {statistics.median(figures) * 1e3:.0f} ms, page written and packed anew ", end="")
    print(f"{statistics.median(pages) * 1e3:.0f} ms of the web worker's processor")


def _measure(worker, addresses):
    """The costs of these, in rounds of their own: beside pages written anew, a kept one finds the memory cold."""
    costs, sizes = {name: [] for name in addresses}, {}
    headers = {"Accept-Encoding": "br"}

    def visit(name):
        answer = worker.open(addresses[name], headers=headers)
        assert answer.status == 200, name
        sizes[name] = len(answer.content)

    for _round in range(ROUNDS + WARM_UP):
        for name in addresses:
            costs[name].append(worker.cost(visit, name))
    for name in addresses:
        web, database, wall = (statistics.median(column) for column in zip(*costs[name][WARM_UP:], strict=True))
        ratio = ""
        if name in FLOORS:
            own, floor = (
                statistics.median(cost.processor for cost in costs[each][WARM_UP:]) for each in (name, FLOORS[name])
            )
            ratio = f"{own / floor:7.2f}"
        print(f"{name:18} {web:6.2f} {database:6.2f}      {wall:6.2f}  {sizes[name] / 1024:6.1f}  {ratio}", flush=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
