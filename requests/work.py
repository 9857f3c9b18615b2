from celery import shared_task

from .models import RequestDraft


@shared_task(name="requests.forget_drafts")
def forget_drafts():
    RequestDraft.objects.forget_old()
