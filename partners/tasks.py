from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, mail
from jobs.registry import job

from . import actions
from .models import CommuneLetter, MapChange, Membership


@job(actions.MAKE_LETTER, _("Write a letter to a commune"))
def make_letter(key, claim):
    actions.make_letter(CommuneLetter.objects.select_related("commune").get(pk=key), claim)


@shared_task(name="partners.forget_map_changes")
def forget_map_changes():
    MapChange.objects.forget()


@mail("partners.invited")
def invited(row):
    """To the person invited: a link to choose a password, or to sign in when there is one already.

    Who has answered, or works for the association, gets none.
    """
    membership = Membership.objects.pending().select_related("user", "partner").filter(pk=row.key).first()
    if membership is None or membership.user.is_association:
        return None
    user = membership.user
    if user.has_usable_password():
        path = reverse("home")
    else:
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        path = reverse("account_reset_password_from_key", kwargs=key)
    context = {
        "membership": membership,
        "is_new": not user.has_usable_password(),
        "url": settings.BASE_URL + path,
        "code_url": settings.BASE_URL + reverse("account_request_login_code"),
    }
    return Envelope(user.email, user.language, context)
