from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, link, mail, organisation

from . import actions, calendar, intake
from .models import DeviceRequest


@shared_task(name="requests.delete_old_drafts")
def delete_old_drafts():
    actions.delete_old_drafts()


@shared_task(name="requests.forget_marks")
def forget_marks():
    actions.forget_marks()


@shared_task(name="requests.work_out_expected_days")
def work_out_expected_days():
    calendar.work_out_expected_days()


@shared_task(name="requests.withdraw_of_ended")
def withdraw_of_ended():
    actions.withdraw_of_ended()


@mail(
    intake.ARRIVED,
    _("A request by the organisation’s link"),
    names={"organisation": organisation("device_request.partner"), "link": link(_("Open the request"))},
)
def arrived(row):
    """To the organisation's office: that somebody has asked by its link; not who, and not once it is decided."""
    device_request = DeviceRequest.objects.select_related("partner").get(pk=row.key)
    partner = device_request.partner
    if not partner.email or not device_request.allows("approve"):
        return None
    url = settings.BASE_URL + device_request.get_absolute_url()
    return Envelope(partner.email, partner.language, {"device_request": device_request, "url": url})
