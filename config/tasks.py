from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, Name, link, mail
from people.invitations import path_for
from people.models import User


@mail(
    "staff.invited",
    _("Invitation to work for the association"),
    names={
        "person": Name("user.name", _("the person’s name"), "Nina Aebi"),
        "roles": Name("roles", _("the roles"), _("Treasurer")),
        "how": Name(
            "how", _("a sentence that says to sign in, or first to choose a password"), _("Sign in as always:")
        ),
        "link": link(_("Sign in")),
        "code_link": Name(
            "code_url",
            _("the link to sign in by a code instead of a password"),
            "https://weitergabe.example.org/…",
            link=_("Get a code by mail"),
        ),
    },
)
def invited(row):
    """To a person who is to work for the association; who has no role any more gets none."""
    user = User.objects.filter(pk=row.key).first()
    if user is None or not user.is_association:
        return None
    is_new = not user.has_usable_password()
    with translation.override(user.language):
        roles = ", ".join(str(role.get_role_display()) for role in user.roles.live())
        how = (
            gettext("Choose a password here. The link holds for three days:")
            if is_new
            else gettext("Sign in as always:")
        )
    context = {
        "user": user,
        "roles": roles,
        "how": how,
        "is_new": is_new,
        "url": settings.BASE_URL + path_for(user),
        "code_url": settings.BASE_URL + reverse("account_request_login_code"),
    }
    return Envelope(user.email, user.language, context)
