from celery import shared_task

from . import actions


@shared_task(name="people.delete_expired")
def delete_expired():
    actions.delete_expired()
