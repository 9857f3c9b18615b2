from celery import shared_task

from . import actions


@shared_task(name="people.forget_expired")
def forget_expired():
    actions.forget_expired()
