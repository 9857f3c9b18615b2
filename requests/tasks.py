from celery import shared_task

from . import actions


@shared_task(name="requests.delete_old_drafts")
def delete_old_drafts():
    actions.delete_old_drafts()


@shared_task(name="requests.withdraw_of_ended")
def withdraw_of_ended():
    actions.withdraw_of_ended()
