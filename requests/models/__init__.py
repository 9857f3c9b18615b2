from .allocation import Allocation
from .device_request import DeclineReason, DeviceRequest, ExpectedBy, RequestStep
from .draft import RequestDraft
from .person_mark import PersonMark
from .policy import Policy, PolicyChange
from .recipient import Recipient
from .round_date import RoundDate

__all__ = [
    "Allocation",
    "DeclineReason",
    "DeviceRequest",
    "ExpectedBy",
    "PersonMark",
    "Policy",
    "PolicyChange",
    "Recipient",
    "RequestDraft",
    "RequestStep",
    "RoundDate",
]
