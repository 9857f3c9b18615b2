from django.utils import translation
from django.utils.translation import gettext_lazy as _

from documents import invitations
from documents.mail import Envelope, Name, mail
from people.models import User


@mail(
    "staff.invited",
    _("Invitation to work for the association"),
    names={
        "person": Name("user.name", _("the person’s name"), "Nina Aebi"),
        "roles": Name("roles", _("the roles"), _("Treasurer")),
        **invitations.NAMES,
    },
)
def invited(row):
    """To a person who is to work for the association; who has no role any more gets none."""
    user = User.objects.filter(pk=row.key).first()
    if user is None or not user.is_association:
        return None
    with translation.override(user.language):
        roles = ", ".join(str(role.get_role_display()) for role in user.roles.live())
    return Envelope(user.email, user.language, {"user": user, "roles": roles} | invitations.context_for(user))
