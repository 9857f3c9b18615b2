from jobs.registry import job

from . import actions
from .models import Invoice


@job("billing.make_document")
def make_document(key, claim):
    actions.make_document(Invoice.objects.get(pk=key), claim)
