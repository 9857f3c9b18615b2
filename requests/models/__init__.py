from .allocation import Allocation
from .device_request import (
    REASONS,
    DeclineReason,
    DeviceRequest,
    ExpectedBy,
    GiveUpReason,
    RejectReason,
    RequestStep,
    SendBackReason,
)
from .draft import RequestDraft
from .person_mark import PersonMark
from .policy import Policy, PolicyChange
from .recipient import Recipient
from .round_date import RoundDate
from .tracking_link import TrackingLink

__all__ = [
    "REASONS",
    "Allocation",
    "DeclineReason",
    "DeviceRequest",
    "ExpectedBy",
    "GiveUpReason",
    "PersonMark",
    "Policy",
    "PolicyChange",
    "Recipient",
    "RejectReason",
    "RequestDraft",
    "RequestStep",
    "RoundDate",
    "SendBackReason",
    "TrackingLink",
]
