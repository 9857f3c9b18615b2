from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, mail
from jobs.registry import job

from . import actions
from .models import CreditorAccount, Invoice


@job("billing.issue", _("Issue an invoice"))
def issue(key, claim):
    actions.issue_ordered(int(key), claim)


@job("billing.make_document", _("Make an invoice’s document"))
def make_document(key, claim):
    actions.make_document(Invoice.objects.get(pk=key), claim)


@mail("billing.account_proposed")
def account_proposed(row):
    """To each treasurer and admin: that somebody wants another account or VAT status."""
    return _about_account(row)


@mail("billing.account_confirmed")
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
    context = {"record": record, "ending": ending, "url": settings.BASE_URL + reverse("billing:accounts")}
    return Envelope(row.reader.email, row.reader.language, context)
