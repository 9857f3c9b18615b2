from .agreement import Agreement, Tariff
from .partner import BillTo, Membership, Partner, PartnerStep
from .partner_import import PartnerImport
from .register import Commune, Coverage, Locality
from .token import SCOPES, ApiToken

__all__ = [
    "SCOPES",
    "Agreement",
    "ApiToken",
    "BillTo",
    "Commune",
    "Coverage",
    "Locality",
    "Membership",
    "Partner",
    "PartnerImport",
    "PartnerStep",
    "Tariff",
]
