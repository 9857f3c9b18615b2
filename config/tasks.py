from django.conf import settings
from django.urls import reverse

from documents.mail import Envelope, mail
from people.invitations import path_for
from people.models import User


@mail("staff.invited")
def invited(row):
    """To a person who is to work for the association; who has no role any more gets none."""
    user = User.objects.filter(pk=row.key).first()
    if user is None or not user.is_association:
        return None
    context = {
        "user": user,
        "roles": list(user.roles.live()),
        "is_new": not user.has_usable_password(),
        "url": settings.BASE_URL + path_for(user),
        "code_url": settings.BASE_URL + reverse("account_request_login_code"),
    }
    return Envelope(user.email, user.language, context)
