from celery import shared_task
from django.utils.translation import gettext_lazy as _

from jobs.models import Claim
from jobs.registry import job

from .mail import send
from .models import Mail, StoredFile


@job("documents.send_mail", _("Send a mail"))
def send_mail(key: str, claim: Claim) -> None:
    send(Mail.objects.get(pk=key), claim)


@shared_task(name="documents.sweep_files")
def sweep_files() -> None:
    StoredFile.objects.sweep()
