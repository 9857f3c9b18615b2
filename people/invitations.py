"""The link of an invitation, which lets somebody in who has no password yet."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from .models import User


def path_for(user: User) -> str:
    """Where to choose a first password; the home page for who has one."""
    if user.has_usable_password():
        return reverse("home")
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
