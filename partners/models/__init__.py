from .agreement import Agreement, Tariff
from .letter import CommuneLetter
from .map_change import MapChange
from .partner import BillTo, Membership, Partner, PartnerStep
from .register import Commune, Coverage, Locality
from .token import SCOPES, ApiToken

__all__ = [
    "SCOPES",
    "Agreement",
    "ApiToken",
    "BillTo",
    "Commune",
    "CommuneLetter",
    "Coverage",
    "Locality",
    "MapChange",
    "Membership",
    "Partner",
    "PartnerStep",
    "Tariff",
]
