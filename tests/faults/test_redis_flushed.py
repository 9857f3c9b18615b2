"""Losing Redis loses nothing: the rows say what is to be done, and the sweep rings again."""

import time

import pytest
import redis
from django.conf import settings

from devices.models import Device
from jobs.models import Job
from partners.models import Commune
from requests.models import Allocation, DeviceRequest, Recipient
from shipping import actions
from shipping.models import Label, Shipment
from tests import running

pytestmark = pytest.mark.django_db(transaction=True)
LABELS = 400
PATIENCE = 300  # seconds


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
def worker(tmp_path):
    with running.worker(tmp_path) as process:
        yield process


def test_four_hundred_labels_are_made_though_redis_is_emptied_again_and_again(parcels, worker, dispatcher, tmp_path):
    broker = redis.Redis.from_url(settings.REDIS_URL)
    batch = actions.order_labels(parcels, by=dispatcher)
    flushed_at = []
    until = time.monotonic() + PATIENCE
    while (progress := batch.progress())["done"] < LABELS and time.monotonic() < until:
        if len(flushed_at) < 3 and progress["done"] > len(flushed_at) * 100:
            broker.flushdb()
            flushed_at.append(progress["done"])
        time.sleep(0.1)
    assert len(flushed_at) == 3
    assert flushed_at[-1] < LABELS  # the last flush hit a run that was not over
    assert batch.progress() == {"done": LABELS, "dead": 0, "total": LABELS}
    assert Label.objects.filter(state="made").count() == LABELS
    assert Shipment.objects.filter(status="labelled").count() == LABELS
    assert Job.objects.exclude(state="done").count() == 0
