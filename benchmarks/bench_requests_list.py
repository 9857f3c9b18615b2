"""The list of requests over 100,000 of them: queries, processor time here, and its ratio to a bare page of 25 rows.

Run it with `.venv/bin/python benchmarks/bench_requests_list.py [--requests 100000]`: it fills a Postgres of its own,
which takes minutes, and throws it away.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench_load_demo import start

QUERIES = 8
TIMES = 15
FLOOR = (
    "{% extends 'base.html' %}{% block content %}{% for row in rows %}<p>{{ row.number }}</p>{% endfor %}{% endblock %}"
)


def main():
    parser = argparse.ArgumentParser(description="Measure the list of requests over a large demo.")
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
    from django.http import HttpResponse
    from django.template import engines
    from django.test import Client
    from django.urls import include, path

    from people.models import User
    from requests.models import DeviceRequest

    bare = engines["django"].from_string(FLOOR)

    def floor(request):
        rows = DeviceRequest.objects.visible_to(request.user).order_by("-pk")[:25]
        return HttpResponse(bare.render({"rows": rows}, request))

    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("floor/", floor), path("", include("config.urls"))]})
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(email="dispatch@demo.example"))
    oldest = DeviceRequest.objects.order_by("pk").values_list("pk", flat=True)[200]
    case = DeviceRequest.objects.order_by("-pk").values_list("case_reference", flat=True)[500]
    unit = _cost(client, "/floor/")[1]
    print(f"{DeviceRequest.objects.count():,} requests; the bare page costs {unit * 1000:.1f} ms")
    worst = 0
    for name, url in (
        ("first page", "/requests/?view=all"),
        ("a hundred rows", "/requests/?view=all&rows=100"),
        ("the oldest page", f"/requests/?view=all&after={oldest}"),
        ("by status", "/requests/?status=shipped"),
        ("by case reference", f"/requests/?q={case}"),
        ("needs us", "/requests/?view=needs-us"),
    ):
        queries, seconds = _cost(client, url)
        worst = max(worst, queries)
        print(f"{name:18} {queries} queries  {seconds * 1000:6.1f} ms  {seconds / unit:4.1f} × the bare page")
    print(f"at most {worst} queries, {QUERIES} allowed")
    return worst > QUERIES


def _cost(client, url):
    """Queries of a page, and the median of its seconds on the processor, without those of Postgres."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
    queries = sum(query["sql"].startswith(kinds) for query in captured)  # the next request empties this log
    took = []
    for _time in range(TIMES):
        began = time.process_time()
        client.get(url)
        took.append(time.process_time() - began)
    return queries, statistics.median(took)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
