"""What mails share that invite somebody to sign in, perhaps with a first password."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import User

from .mail import Name, link

NAMES = {
    "how": Name("how", _("a sentence that says to sign in, or first to choose a password"), _("Sign in as always:")),
    "link": link(_("Sign in")),
    "code_link": Name(
        "code_url",
        _("the link to sign in by a code instead of a password"),
        "https://weitergabe.example.org/…",
        link=_("Get a code by mail"),
    ),
}


def context_for(user: User) -> dict[str, Any]:
    """How this person gets in: the addresses, and the sentence before them in the person's language."""
    is_new = not user.has_usable_password()
    with translation.override(user.language):
        first, always = gettext("Choose a password here. The link holds for three days:"), gettext("Sign in as always:")
    return {
        "how": first if is_new else always,
        "is_new": is_new,
        "url": settings.BASE_URL + _path_for(user),
        "code_url": settings.BASE_URL + reverse("account_request_login_code"),
    }


def _path_for(user: User) -> str:
    """Where to choose a first password; the home page for who has one."""
    if user.has_usable_password():
        return reverse("home")
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
