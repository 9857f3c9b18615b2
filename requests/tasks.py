from celery import shared_task

from . import actions


@shared_task(name="requests.delete_old_drafts")
def delete_old_drafts():
    actions.delete_old_drafts()
