from celery import shared_task

from . import actions


@shared_task(name="requests.forget_drafts")
def forget_drafts():
    actions.forget_drafts()
