"""Losing Redis loses nothing: the rows say what is to be done, and the sweep rings again."""

import time
from datetime import timedelta
from functools import partial

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from devices.models import Device
from jobs.models import Job
from jobs.tasks import sweep
from requests.models import Allocation, DeviceRequest, Recipient
from shipping import actions
from shipping.models import Label, Shipment
from tests import factories, running

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 900  # seconds


@pytest.fixture
def labels(full):
    return 2000 if full else 400


@pytest.fixture
def flushes(full):
    return 5 if full else 3


@pytest.fixture
def make_parcels(partner):
    return partial(_parcels, partner)


def _parcels(partner, count):
    commune = factories.burgdorf()
    bill_to = partner.bill_tos.get()
    requests = DeviceRequest.objects.bulk_create(
        DeviceRequest(
            partner=partner,
            bill_to=bill_to,
            commune=commune,
            case_reference=f"LT-{n}",
            number=f"R-{n}",
            purpose="school",
            keyboard="ch-de",
            delivery="person",
            price=150,
            approved_at="2026-10-01T08:00Z",
            status="allocated",
        )
        for n in range(count)
    )
    Recipient.objects.bulk_create(
        Recipient(
            request=request,
            partner=partner,
            first_name="Ada",
            last_name=f"N{request.pk}",
            street="Gasse",
            postcode="3400",
            town="Burgdorf",
        )
        for request in requests
    )
    devices = Device.objects.bulk_create(
        Device(asset_tag=f"T{n}", number=f"D-{n}", status="reserved", grade="A") for n in range(count)
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
def broker():
    return redis.Redis.from_url(settings.REDIS_URL)


def test_all_labels_are_made_though_redis_is_emptied_again_and_again(
    make_parcels, labels, flushes, broker, dispatcher, tmp_path
):
    batch = actions.order_labels(make_parcels(labels), by=dispatcher)
    flushed_at = []
    until = time.monotonic() + PATIENCE
    with running.worker(tmp_path):
        while (progress := batch.progress())["done"] < labels and time.monotonic() < until:
            if len(flushed_at) < flushes and progress["done"] > len(flushed_at) * labels // (flushes + 1):
                broker.flushdb()
                flushed_at.append(progress["done"])
            time.sleep(0.1)
    assert len(flushed_at) == flushes
    assert flushed_at[-1] < labels  # the last flush hit a run that was not over
    assert batch.progress() == {"done": labels, "dead": 0, "total": labels, "over": True}
    assert Label.objects.filter(state="made").count() == labels
    assert Shipment.objects.filter(status="labelled").count() == labels
    assert Job.objects.exclude(state="done").count() == 0


def test_without_the_sweep_what_was_flushed_is_never_done(make_parcels, broker, dispatcher, tmp_path):
    """The negative control: a worker that does what it is rung for, and no clock that rings again."""
    *forgotten, rung_for = make_parcels(10)
    batch = actions.order_labels(forgotten, by=dispatcher)
    broker.flushdb()
    with running.worker(tmp_path, clock=False):
        late = actions.order_labels([rung_for], by=dispatcher)
        wait_for(late, 1)
        assert batch.progress() == {"done": 0, "dead": 0, "total": 9, "over": False}
        Job.objects.update(due_at=timezone.now() - timedelta(seconds=10))
        sweep()
        wait_for(batch, 9)


def wait_for(batch, done):
    until = time.monotonic() + PATIENCE
    while batch.progress()["done"] < done and time.monotonic() < until:
        time.sleep(0.1)
    assert batch.progress()["done"] == done


def test_the_server_keeps_what_it_was_told():
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == ("on",), name
