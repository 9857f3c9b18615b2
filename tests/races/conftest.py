import pytest

from devices.models import Device
from partners.models import Commune
from requests.models import DeviceRequest


@pytest.fixture
def make_waiting(partner):
    """Approved requests in the queue."""

    def make(how_many):
        commune = Commune.objects.create(bfs_no=404, name="Burgdorf", canton="BE", language="de")
        return DeviceRequest.objects.bulk_create(
            DeviceRequest(
                partner=partner, bill_to=partner.bill_tos.get(), commune=commune, case_reference=f"LT-{n}",
                number=f"R-{n}", purpose="school", keyboard="ch-de", delivery="person", price=150,
                approved_at="2026-10-01T08:00Z", status="approved",
            )
            for n in range(how_many)
        )  # fmt: skip

    return make


@pytest.fixture
def device(db):
    return Device.objects.create(asset_tag="X1", status="ready", grade="A")
