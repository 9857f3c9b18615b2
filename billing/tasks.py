from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, Name, link, mail
from jobs.registry import job

from . import actions
from .models import CreditorAccount, Invoice


@job("billing.issue", _("Issue an invoice"))
def issue(key, claim):
    actions.issue_ordered(int(key), claim)


@job("billing.make_document", _("Make an invoice’s document"))
def make_document(key, claim):
    actions.make_document(Invoice.objects.get(pk=key), claim)


ACCOUNT_NAMES = {
    "person": Name("who", _("who proposed or confirmed it"), "Nina Aebi"),
    "link": link(_("Look at it")),
}


@mail("billing.account_proposed", _("A change of account or VAT is proposed"), names=ACCOUNT_NAMES)
def account_proposed(row):
    """To each treasurer and admin: that somebody wants another account or VAT status."""
    return _about_account(row)


@mail("billing.account_confirmed", _("A change of account or VAT is confirmed"), names=ACCOUNT_NAMES)
def account_confirmed(row):
    """To each treasurer and admin: that a second person has confirmed it."""
    return _about_account(row)


def _about_account(row):
    """What is to hold, with the last digits only; None for a proposal that is gone."""
    model = apps.get_model(row.subject.partition(":")[0])
    record = model.objects.select_related("proposed_by", "confirmed_by").filter(pk=row.key).first()
    if record is None or row.reader is None:
        return None
    ending = record.iban[-4:] if isinstance(record, CreditorAccount) else ""
    who = str(record.confirmed_by or record.proposed_by)
    context = {"record": record, "ending": ending, "who": who, "url": settings.BASE_URL + reverse("billing:accounts")}
    return Envelope(row.reader.email, row.reader.language, context)
