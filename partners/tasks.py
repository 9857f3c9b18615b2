from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, mail
from jobs.registry import job

from . import import_actions
from .models import Membership, PartnerImport


@job(import_actions.CHECK, _("Check a workbook of organisations"))
def check_import(key, claim):
    if found := PartnerImport.objects.filter(pk=key).first():  # it may have been thrown away meanwhile
        import_actions.check(found, claim)


@job(import_actions.TAKE_OVER, _("Take over organisations from a workbook"))
def take_over(key, claim):
    import_actions.take_over_ordered(PartnerImport.objects.get(pk=key), claim)


@shared_task(name="partners.delete_old_imports")
def delete_old_imports():
    import_actions.delete_old_imports()


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
