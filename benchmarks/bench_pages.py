"""What each page costs each role, as a ratio to a bare page of the same run.

Run it with `.venv/bin/python benchmarks/bench_pages.py [--requests 100000 …] [--only NAME]`: it fills a Postgres of its
own with the demo, which takes minutes, and throws it away; of several sizes it also says how a page grows. A cost is
processor time, of the one web worker that is asked over HTTP and of its Postgres; each round opens every page once, so
that whatever else the machine does hits all of them, and medians are printed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from bench_load_demo import start
from web_worker import WebWorker

ROUNDS = 15
SORT = "cumulative"
STAFF = {
    role: f"{address}@demo.example"
    for role, address in (
        ("admin", "admin"),
        ("treasurer", "treasurer"),
        ("dispatcher", "dispatch"),
        ("volunteer", "volunteer"),
    )
}
ROLES = STAFF | {"worker": "worker@muster.example", "manager": "manager@muster.example"}


def main():
    parser = argparse.ArgumentParser(description="Measure pages over a large demo.")
    parser.add_argument(
        "--requests", type=int, nargs="+", default=[100_000], help="one size, or several: 10000 1000000"
    )
    parser.add_argument("--only", default="", help="measure the pages whose name holds this")
    parser.add_argument("--profile", action="store_true", help="say instead where the time of these pages goes")
    parser.add_argument("--into", help="a file for the ratios, as JSON")
    options = parser.parse_args()
    if len(options.requests) > 1:
        return _compare(options)
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        Path(data_dir, "static").mkdir()
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        call_command("load_demo", requests=options.requests[0], verbosity=0)
        ratios = _measure(options)
    if options.into:
        Path(options.into).write_text(json.dumps(ratios))
    return 0


def _compare(options):
    """Measure each size in a process with servers of its own, and say how much a page of the last one costs more."""
    measured = []
    with tempfile.TemporaryDirectory() as place:
        for size in options.requests:
            into = Path(place, str(size))
            command = [sys.executable, __file__, "--requests", str(size), "--only", options.only, "--into", str(into)]
            subprocess.run(command, check=True)
            measured.append(json.loads(into.read_text()))
    print(f"{options.requests[-1]:,} against {options.requests[0]:,} requests, each as a ratio to its bare page")
    for name, ratio in measured[0].items():
        print(f"{name:24} {measured[-1][name] / ratio:6.2f}")
    return 0


def _pages():
    """Each page: its name, whose it is, its address and, for a POST, what is sent."""
    from billing.models import Invoice
    from devices.models import Device
    from people.models import User
    from requests.models import DeviceRequest
    from shipping.models import Shipment

    half = DeviceRequest.objects.order_by("pk")[DeviceRequest.objects.count() // 2]
    case = DeviceRequest.objects.order_by("-pk").values_list("case_reference", flat=True)[500]
    worker = User.objects.get(email=ROLES["worker"])
    theirs = DeviceRequest.objects.filter(partner__memberships__user=worker).order_by("-pk")
    device = Device.objects.order_by("-pk")[100]
    parcel = Shipment.objects.out().order_by("-pk")[50]
    invoice = Invoice.objects.issued().order_by("-pk")[5]
    someone = half.recipient.last_name or "Wenger"
    yield from ((f"home, {role}", role, "/home/", None) for role in ROLES)
    yield from (
        ("requests", "dispatcher", "/requests/", None),
        ("requests, all", "dispatcher", "/requests/?view=all", None),
        ("requests, deep", "dispatcher", f"/requests/?view=all&after={half.pk}", None),
        ("requests, needs us", "dispatcher", "/requests/?view=needs-us", None),
        ("requests, by status", "dispatcher", "/requests/?status=shipped", None),
        ("requests, partner", "worker", "/requests/?view=all", None),
        ("search, case reference", "dispatcher", f"/requests/?q={case}", None),
        ("search, number", "dispatcher", f"/requests/?q={half.number}", None),
        ("search, two letters", "dispatcher", "/requests/?q=LT", None),
        ("search, name", "dispatcher", "/requests/search/", {"name": someone}),
        ("search, device", "dispatcher", f"/devices/?q={device.number}", None),
        ("search, model", "volunteer", "/devices/?q=think", None),
        ("devices", "dispatcher", "/devices/", None),
        ("devices, to erase", "volunteer", "/devices/?status=received", None),
        ("invoices", "treasurer", "/invoices/", None),
        ("invoices, overdue", "treasurer", "/invoices/?state=overdue", None),
        ("invoices, partner", "manager", "/invoices/", None),
        ("search, invoice", "treasurer", f"/invoices/?q={invoice.public_number}", None),
        ("partners", "admin", "/partners/", None),
        ("parcels", "dispatcher", "/rounds/?view=handed-over", None),
        ("request", "worker", theirs[0].get_absolute_url(), None),
        ("request, staff", "dispatcher", half.get_absolute_url(), None),
        ("device", "dispatcher", device.get_absolute_url(), None),
        ("parcel", "dispatcher", parcel.get_absolute_url(), None),
        ("invoice", "treasurer", invoice.get_absolute_url(), None),
        ("new request", "worker", f"/requests/new/{uuid.uuid4()}/", None),
        ("month end", "treasurer", "/invoices/month-end/", None),
        ("rounds", "dispatcher", "/rounds/", None),
        ("matching", "dispatcher", "/requests/queue/", None),
        ("payments", "treasurer", "/payments/", None),
        ("jobs", "admin", "/jobs/", None),
    )


def _measure(options):
    from django.db import connection
    from django.test import Client

    from people.models import User
    from requests.models import DeviceRequest

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    clients = {}
    for role, email in ROLES.items():
        clients[role] = Client(SERVER_NAME="localhost")
        clients[role].force_login(User.objects.get(email=email))
    clients["bare"] = clients["dispatcher"]
    pages = [("bare", "bare", "/bare/", None), *(page for page in _pages() if options.only in page[0])]
    if options.profile:
        _profile(clients, pages[1:])
        return {}
    costs, sizes = {name: [] for name, *_page in pages}, {}
    with WebWorker() as worker:

        def visit(name, url, sent, session):
            answer = worker.open(url, sent, session=session)
            assert answer.status in (200, 302), (url, answer.status)
            sizes[name] = len(answer.content)

        for _round in range(ROUNDS + 2):
            for name, role, url, sent in pages:
                session = clients[role].cookies["sessionid"].value
                costs[name].append(worker.cost(visit, name, url, sent, session))
    unit = statistics.median(cost.processor for cost in costs["bare"][2:])
    print(f"{DeviceRequest.objects.count():,} requests")
    print(f"{'':24} {'web':>6} {'db':>6}  ms  {'wall':>6}  {'KB':>6} queries  × bare")
    ratios = {}
    for name, role, url, sent in pages:
        web, database, wall = (statistics.median(column) for column in zip(*costs[name][2:], strict=True))
        ratio = ratios[name] = statistics.median(cost.processor for cost in costs[name][2:]) / unit
        queries = "" if role == "bare" else _queries(clients[role], url, sent)
        columns = f"{web:6.1f} {database:6.1f}      {wall:6.1f}  {sizes[name] / 1024:6.1f}"
        print(f"{name:24} {columns} {queries:7}  {ratio:6.2f}", flush=True)
    return ratios


def _open(client, url, sent):
    answer = client.get(url) if sent is None else client.post(url, sent)
    assert answer.status_code in (200, 302), (url, answer.status_code)


def _queries(client, url, sent):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _open(client, url, sent)
    with CaptureQueriesContext(connection) as captured:
        _open(client, url, sent)
    return sum(query["sql"].lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) for query in captured)


def _profile(clients, pages):
    import cProfile
    import pstats

    for name, role, url, sent in pages:
        _open(clients[role], url, sent)
        profile = cProfile.Profile()
        profile.enable()
        for _time in range(20):
            _open(clients[role], url, sent)
        profile.disable()
        print(name)
        pstats.Stats(profile).sort_stats(SORT).print_stats(70)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
