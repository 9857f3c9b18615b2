"""What a new request costs: both presses together, as a ratio to the bare page of `bench_pages.py` in the same rounds.

A cost is processor time, of this process and of its connection's Postgres. Run it with
`.venv/bin/python benchmarks/bench_create.py [--requests 100000]`: it fills a Postgres of its own, which takes minutes,
and throws it away.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import uuid
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from bench_load_demo import start
from bench_pages import bare_client

ROUNDS = 15
PRESSES = 20  # of each kind in a round
LIMIT = 4  # times the bare page
KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
ANSWERS = {
    "first_name": "Samira",
    "last_name": "Wenger",
    "birth_year": "1994",
    "delivery": "person",
    "street": "Mühlegasse",
    "house_number": "11b",
    "town": "Burgdorf",
    "mobile": "079 555 01 02",
    "language": "de",
    "purpose": "school",
    "system": "linux",
    "keyboard": "ch-de",
}


def main():
    parser = argparse.ArgumentParser(description="Measure both presses of a new request over a large demo.")
    parser.add_argument("--requests", type=int, default=100_000)
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        Path(data_dir, "static").mkdir()
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        call_command("load_demo", requests=requests)
        return _measure()


def _measure():
    from django.conf import settings
    from django.test import Client

    from partners.models import Membership
    from people.models import User
    from requests.models import DeviceRequest, RequestDraft

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    worker = User.objects.get(email="worker@muster.example")
    client.force_login(worker)
    bare = bare_client(client)
    partner = Membership.objects.get(user=worker).partner
    answers = ANSWERS | {
        "postcode": partner.postcode,
        "commune": partner.coverage.first().commune_id,
        "bill_to": partner.bill_tos.first().pk,
    }
    cases = count(1)

    def get(url, client=client):
        assert client.get(url).status_code == 200

    def press_first(token):
        answer = client.post(f"/requests/new/{token}/", answers | {"case_reference": f"LT-{next(cases)}"})
        assert answer.url == f"/requests/new/{token}/check/"

    def press_last(token, seen):
        sent = urlencode({"verb": "approve", "seen": seen})
        answer = client.post(f"/requests/new/{token}/check/", sent, "application/x-www-form-urlencoded")
        assert answer.url.startswith("/requests/R-")

    found = {}
    for turn in range(ROUNDS + 1):
        tokens = [uuid.uuid4() for _press in range(PRESSES)]
        costs = {"the bare page": _cost(get, [("/bare/", bare)] * PRESSES)}
        costs["the empty form"] = _cost(get, [("/requests/new/",)] * PRESSES)
        costs["the first press"] = _cost(press_first, [(token,) for token in tokens])
        costs["the check"] = _cost(get, [(f"/requests/new/{token}/check/",) for token in tokens])
        seen = {draft.token: draft.fingerprint for draft in RequestDraft.objects.filter(token__in=tokens)}
        costs["the final press"] = _cost(press_last, [(token, seen[token]) for token in tokens])
        costs["both presses"] = tuple(map(sum, zip(costs["the first press"], costs["the final press"], strict=True)))
        for name, cost in costs.items() if turn else ():  # the first round warms up
            found.setdefault(name, []).append((*cost, sum(cost[:2]) / sum(costs["the bare page"][:2])))
    print(f"{DeviceRequest.objects.count():,} requests; medians of {ROUNDS} rounds of {PRESSES}")
    for name, costs in found.items():
        ours, theirs, statements, ratio = map(statistics.median, zip(*costs, strict=True))
        print(
            f"{name:16} {statements:3.0f} statements  {ours * 1000:5.1f} ms here, {theirs * 1000:4.1f} ms in Postgres  "
            f"{ratio:4.2f} × the bare page"
        )
    return ratio > LIMIT


def _cost(act, calls):
    """Mean of the seconds on the processor here and in Postgres, and how many statements it was."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:  # of the first call; the next one empties this log
        act(*calls[0])
        statements = sum(query["sql"].lstrip().startswith(KINDS) for query in captured)
    pid = connection.connection.info.backend_pid
    began = time.process_time(), _processor_seconds(pid)
    for call in calls[1:]:
        act(*call)
    ended = time.process_time(), _processor_seconds(pid)
    ours, theirs = ((end - begin) / (len(calls) - 1) for begin, end in zip(began, ended, strict=True))
    return ours, theirs, statements


def _processor_seconds(pid):
    """As /proc/<pid>/stat says, but in nanoseconds where that counts in hundredths of a second."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
