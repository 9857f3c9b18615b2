import pytest

from devices.models import Device
from requests.models import Allocation, DeviceRequest
from shipping.models import Shipment


@pytest.fixture
def make_parcel(commune, social_worker):
    def make(bill_to, handed_over_at="2026-10-20T08:00Z"):
        partner = bill_to.partner
        request = DeviceRequest.objects.create(
            partner=partner, bill_to=bill_to, commune=commune, case_reference="LT-1", purpose="school",
            keyboard="ch-de", delivery="person", price=150, approved_at="2026-10-01T08:00Z", status="allocated",
        )  # fmt: skip
        device = Device.objects.create(asset_tag=f"T{request.pk}")
        allocation = Allocation.objects.create(request=request, partner=partner, device=device)
        return Shipment.objects.create(
            allocation=allocation, request=request, device=device, partner=partner, status="handed_over",
            bill_to=bill_to, price=150, handed_over_at=handed_over_at, handed_over_noted_at=handed_over_at,
        )  # fmt: skip

    return make


@pytest.fixture
def bill_to(partner):
    return partner.bill_tos.get()
