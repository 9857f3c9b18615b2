from .agreements import AgreementForm, SetAsideForm, SignForm, UploadForm, VersionForm
from .applications import DeclineForm, JoinForm, MessageForm
from .communes import CoverageForm, ForWhomForm
from .members import ROLES, InviteForm, RoleForm
from .notices import NoticeForm
from .organisation import (
    FROM_THE_PARTNER,
    BillToForm,
    CompleteForm,
    EditForm,
    EndForm,
    FilterForm,
    GiveNoticeForm,
    HouseRulesForm,
    NoteForm,
    OnBehalfForm,
    PartnerForm,
    RestingRequestsForm,
)
from .tariffs import TariffForm

__all__ = [
    "FROM_THE_PARTNER",
    "ROLES",
    "AgreementForm",
    "BillToForm",
    "CompleteForm",
    "CoverageForm",
    "DeclineForm",
    "EditForm",
    "EndForm",
    "FilterForm",
    "ForWhomForm",
    "GiveNoticeForm",
    "HouseRulesForm",
    "InviteForm",
    "JoinForm",
    "MessageForm",
    "NoteForm",
    "NoticeForm",
    "OnBehalfForm",
    "PartnerForm",
    "RestingRequestsForm",
    "RoleForm",
    "SetAsideForm",
    "SignForm",
    "TariffForm",
    "UploadForm",
    "VersionForm",
]
