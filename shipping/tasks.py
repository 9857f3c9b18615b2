from celery import shared_task
from django.utils.translation import gettext_lazy as _

from jobs.models import Claim
from jobs.registry import job

from . import actions
from .models import Shipment


@shared_task(name="shipping.take_out_withdrawn")
def take_out_withdrawn() -> None:
    actions.take_out_withdrawn()


@job(actions.MAKE_LABEL, _("Make a label"))
def make_label(key: str, claim: Claim) -> None:
    actions.make_label(Shipment.objects.select_related("request__recipient", "request__partner").get(pk=key), claim)
