"""What a new request costs: both presses together, as a ratio to the bare page of `bench_pages.py` in the same rounds.

A cost is processor time, of the one web worker that is asked over HTTP and of its Postgres; the statements are asserted
in `tests/requests/test_statements.py`. Run it with `.venv/bin/python benchmarks/bench_create.py [--requests 100000]`:
it fills a Postgres of its own, which takes minutes, and throws it away.
"""

import argparse
import os
import statistics
import sys
import tempfile
import uuid
from itertools import count
from pathlib import Path

from bench_load_demo import start
from web_worker import WebWorker

ROUNDS = 15
PRESSES = 20  # of each kind in a round
LIMIT = 4  # times the bare page
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
    from django.test import Client
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    from partners.models import Membership
    from people.models import User
    from requests.models import DeviceRequest, RequestDraft

    client = Client(SERVER_NAME="localhost")
    person = User.objects.get(email="worker@muster.example")
    client.force_login(person)
    session = client.cookies["sessionid"].value
    partner = Membership.objects.get(user=person).partner
    answers = ANSWERS | {
        "postcode": partner.postcode,
        "commune": partner.coverage.first().commune_id,
        "bill_to": partner.bill_tos.first().pk,
    }
    cases, found = count(1), {}
    with WebWorker() as worker:

        def get(url):
            assert worker.open(url, session=session).status == 200

        def press_first(token, body):
            answer = worker.open(f"/requests/new/{token}/", body, session=session, content_type=MULTIPART_CONTENT)
            assert answer.location == f"/requests/new/{token}/check/"

        def press_last(token, seen):
            sent = {"verb": "approve", "seen": seen}
            answer = worker.open(f"/requests/new/{token}/check/", sent, session=session)
            assert answer.location.startswith("/requests/R-")

        for turn in range(ROUNDS + 1):
            tokens = [uuid.uuid4() for _press in range(PRESSES)]
            bodies = [encode_multipart(BOUNDARY, answers | somebody(next(cases))) for _press in tokens]
            costs = {"the bare page": _mean(worker, get, [("/bare/",)] * PRESSES)}
            costs["the empty form"] = _mean(worker, get, [(f"/requests/new/{uuid.uuid4()}/",)] * PRESSES)
            costs["the first press"] = _mean(worker, press_first, zip(tokens, bodies, strict=True))
            costs["the check"] = _mean(worker, get, [(f"/requests/new/{token}/check/",) for token in tokens])
            seen = {draft.token: draft.fingerprint for draft in RequestDraft.objects.filter(token__in=tokens)}
            costs["the final press"] = _mean(worker, press_last, [(token, seen[token]) for token in tokens])
            costs["both presses"] = tuple(
                map(sum, zip(costs["the first press"], costs["the final press"], strict=True))
            )
            for name, cost in costs.items() if turn else ():  # the first round warms up
                found.setdefault(name, []).append((*cost, sum(cost) / sum(costs["the bare page"])))
    print(f"{DeviceRequest.objects.count():,} requests; medians of {ROUNDS} rounds of {PRESSES}")
    for name, costs in found.items():
        web, database, ratio = map(statistics.median, zip(*costs, strict=True))
        print(f"{name:16} {web:5.1f} ms in the worker, {database:4.1f} in Postgres  {ratio:4.2f} × the bare page")
    return ratio > LIMIT


def somebody(case):
    """A person whom nobody knows yet: the check asks about one who has a request already."""
    letters = [chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:8]]
    return {"case_reference": f"LT-{case}", "last_name": "".join(letters).title()}


def _mean(worker, act, calls):
    """Mean of the milliseconds of processor in the worker and in Postgres."""
    costs = [worker.cost(act, *call) for call in calls]
    return statistics.fmean(cost.web for cost in costs), statistics.fmean(cost.database for cost in costs)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
