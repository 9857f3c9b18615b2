from .allocation import Allocation
from .device_request import DeclineReason, DeviceRequest, RequestStep
from .draft import RequestDraft
from .recipient import Recipient
from .round_date import RoundDate

__all__ = [
    "Allocation",
    "DeclineReason",
    "DeviceRequest",
    "Recipient",
    "RequestDraft",
    "RequestStep",
    "RoundDate",
]
