import pytest
from django.db import connections

from devices.models import Device
from requests.models import DeviceRequest
from tests import factories


@pytest.fixture
def make_waiting(partner):
    """Approved requests in the queue."""

    def make(how_many):
        commune = factories.burgdorf()
        return DeviceRequest.objects.bulk_create(
            DeviceRequest(
                partner=partner,
                bill_to=partner.bill_tos.get(),
                commune=commune,
                case_reference=f"LT-{n}",
                number=f"R-{n}",
                purpose="school",
                keyboard="ch-de",
                delivery="person",
                price=150,
                approved_at="2026-10-01T08:00Z",
                status="approved",
            )
            for n in range(how_many)
        )

    return make


@pytest.fixture
def without_index(transactional_db):
    """For this test, nothing in the database keeps a laptop from two live allocations."""
    name = "one_live_allocation_per_device"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE requests_allocation CASCADE")  # or it could not be unique again
        cursor.execute(definition)


@pytest.fixture
def device(db):
    return Device.objects.create(asset_tag="X1", status="ready", grade="A")
