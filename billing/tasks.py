from django.utils.translation import gettext_lazy as _

from jobs.registry import job

from . import actions
from .models import Invoice


@job("billing.issue", _("Issue an invoice"))
def issue(key, claim):
    actions.issue_ordered(int(key), claim)


@job("billing.make_document", _("Make an invoice’s document"))
def make_document(key, claim):
    actions.make_document(Invoice.objects.get(pk=key), claim)
