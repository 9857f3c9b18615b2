from .agreement import (
    Agreement,
    AgreementPaper,
    AgreementReminder,
    AgreementText,
    AgreementVersion,
    Tariff,
    sha256_of,
)
from .answer import Answer, AnswerText
from .application import Application, Message
from .behalf import OnBehalf
from .conversation import (
    Attachment,
    Conversation,
    ConversationMessage,
    Reading,
    UnopenedReminder,
    desk_people,
)
from .intake_link import IntakeLink, IntakePoster
from .letter import CommuneLetter
from .map_change import MapChange
from .note import PartnerNote
from .notice import Notice, NoticeDismissal, NoticeStep, NoticeText
from .partner import BillTo, Membership, Partner, PartnerStep
from .partner_import import PartnerImport
from .policy import Policy, PolicyChange
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
    "Answer",
    "AnswerText",
    "ApiToken",
    "Application",
    "Attachment",
    "BillTo",
    "Commune",
    "CommuneLetter",
    "CommuneMutation",
    "Conversation",
    "ConversationMessage",
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
    "Policy",
    "PolicyChange",
    "Reading",
    "RegisterLoad",
    "Succession",
    "Tariff",
    "UnopenedReminder",
    "desk_people",
    "sha256_of",
]
