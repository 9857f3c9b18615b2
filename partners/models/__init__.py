from .agreement import (
    Agreement,
    AgreementPaper,
    AgreementReminder,
    AgreementText,
    AgreementVersion,
    Tariff,
    sha256_of,
)
from .application import Application, Message
from .behalf import OnBehalf
from .intake_link import IntakeLink, IntakePoster
from .letter import CommuneLetter
from .map_change import MapChange
from .note import PartnerNote
from .notice import Notice, NoticeDismissal, NoticeStep, NoticeText
from .partner import BillTo, Membership, Partner, PartnerStep
from .partner_import import PartnerImport
from .register import Commune, CommuneMutation, Coverage, Locality, RegisterLoad
from .succession import Succession
from .token import SCOPES, ApiToken

__all__ = [
    "SCOPES",
    "Agreement",
    "AgreementPaper",
    "AgreementReminder",
    "AgreementText",
    "AgreementVersion",
    "ApiToken",
    "Application",
    "BillTo",
    "Commune",
    "CommuneLetter",
    "CommuneMutation",
    "Coverage",
    "IntakeLink",
    "IntakePoster",
    "Locality",
    "MapChange",
    "Membership",
    "Message",
    "Notice",
    "NoticeDismissal",
    "NoticeStep",
    "NoticeText",
    "OnBehalf",
    "Partner",
    "PartnerImport",
    "PartnerNote",
    "PartnerStep",
    "RegisterLoad",
    "Succession",
    "Tariff",
    "sha256_of",
]
