from celery import shared_task

from . import actions


@shared_task(name="people.forget_expired")
def forget_sign_ins():
    actions.forget_expired()
