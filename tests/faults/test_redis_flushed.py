"""Losing Redis loses nothing: the rows say what is to be done, and the sweep rings again."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from config.embedded import die_with_parent
from devices.models import Device
from jobs.models import Job
from partners.models import Commune
from requests.models import Allocation, DeviceRequest, Recipient
from shipping import actions
from shipping.models import Label, Shipment

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
LABELS = 400
PATIENCE = 120  # seconds


@pytest.fixture
def parcels(partner):
    commune = Commune.objects.create(bfs_no=404, name="Burgdorf", canton="BE", language="de")
    bill_to = partner.bill_tos.get()
    requests = DeviceRequest.objects.bulk_create(
        DeviceRequest(
            partner=partner, bill_to=bill_to, commune=commune, case_reference=f"LT-{n}", number=f"R-{n}",
            purpose="school", keyboard="ch-de", delivery="person", price=150, approved_at="2026-10-01T08:00Z",
            status="allocated",
        )
        for n in range(LABELS)
    )  # fmt: skip
    Recipient.objects.bulk_create(
        Recipient(request=request, partner=partner, first_name="Ada", last_name=f"N{request.pk}", street="Gasse",
                  postcode="3400", town="Burgdorf")
        for request in requests
    )  # fmt: skip
    devices = Device.objects.bulk_create(
        Device(asset_tag=f"T{n}", number=f"D-{n}", status="reserved", grade="A") for n in range(LABELS)
    )
    allocations = Allocation.objects.bulk_create(
        Allocation(request=request, partner=partner, device=device)
        for request, device in zip(requests, devices, strict=True)
    )
    return Shipment.objects.bulk_create(
        Shipment(allocation=allocation, request=allocation.request, device=allocation.device, partner=partner)
        for allocation in allocations
    )


@pytest.fixture
def worker():
    """A real Celery worker with the clock inside, on the test's own database and broker."""
    database = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/tmp", "DEMO": "1", "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL, "SECRET_KEY": "x" * 50, "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--concurrency", "2", "--loglevel=ERROR",
         "--schedule", f"/tmp/weitergabe-beat-{os.getpid()}"],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent,
    )  # fmt: skip
    yield process
    process.terminate()
    process.wait(30)


def test_four_hundred_labels_are_made_though_redis_is_emptied_again_and_again(parcels, worker, dispatcher, tmp_path):
    broker = redis.Redis.from_url(settings.REDIS_URL)
    batch = actions.order_labels(parcels, by=dispatcher)
    flushed_at = []
    until = time.monotonic() + PATIENCE
    while (progress := batch.progress())["done"] < LABELS and time.monotonic() < until:
        if len(flushed_at) < 3 and progress["done"] > len(flushed_at) * 100:
            broker.flushall()
            flushed_at.append(progress["done"])
        time.sleep(0.1)
    assert len(flushed_at) == 3
    assert flushed_at[-1] < LABELS  # the last flush hit a run that was not over
    assert batch.progress() == {"done": LABELS, "dead": 0, "total": LABELS}
    assert Label.objects.filter(state="made").count() == LABELS
    assert Shipment.objects.filter(status="labelled").count() == LABELS
    assert Job.objects.exclude(state="done").count() == 0
