"""What was done to somebody's roles, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import AssociationRole

SENTENCES = {
    "role_given": gettext_lazy("%(role)s from then on"),
    "role_taken": gettext_lazy("%(role)s no longer"),
    "role_end_moved": gettext_lazy("%(role)s: another last day"),
}


def sentence_for(action: str) -> str:
    """An entry of the audit trail as people read it."""
    verb, _colon, role = action.partition(":")
    if verb == "invitation_resent":
        return _("Invited once more")
    return SENTENCES[verb] % {"role": AssociationRole.Role(role).label}
