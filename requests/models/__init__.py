from .allocation import Allocation
from .device_request import DeclineReason, DeviceRequest, RequestStep
from .draft import RequestDraft
from .person_mark import PersonMark
from .policy import Policy, PolicyChange
from .recipient import Recipient
from .round_date import RoundDate

__all__ = [
    "Allocation",
    "DeclineReason",
    "DeviceRequest",
    "PersonMark",
    "Policy",
    "PolicyChange",
    "Recipient",
    "RequestDraft",
    "RequestStep",
    "RoundDate",
]
