from jobs.registry import job

from .mail import send
from .models import Mail


@job("documents.send_mail")
def send_mail(key, claim):
    send(Mail.objects.get(pk=key), claim)
