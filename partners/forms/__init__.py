from .agreements import AgreementForm, SetAsideForm, SignForm, UploadForm, VersionForm
from .applications import DeclineForm, JoinForm, MessageForm
from .communes import CoverageForm, ForWhomForm
from .conversations import (
    AnswerForm,
    DeskFilterForm,
    DeskPolicyForm,
    HandOverForm,
    OwnerForm,
    TalkNoteForm,
    TopicForm,
    WriteForm,
)
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
    "AnswerForm",
    "BillToForm",
    "CompleteForm",
    "CoverageForm",
    "DeclineForm",
    "DeskFilterForm",
    "DeskPolicyForm",
    "EditForm",
    "EndForm",
    "FilterForm",
    "ForWhomForm",
    "GiveNoticeForm",
    "HandOverForm",
    "HouseRulesForm",
    "InviteForm",
    "JoinForm",
    "MessageForm",
    "NoteForm",
    "NoticeForm",
    "OnBehalfForm",
    "OwnerForm",
    "PartnerForm",
    "RestingRequestsForm",
    "RoleForm",
    "SetAsideForm",
    "SignForm",
    "TalkNoteForm",
    "TariffForm",
    "TopicForm",
    "UploadForm",
    "VersionForm",
    "WriteForm",
]
