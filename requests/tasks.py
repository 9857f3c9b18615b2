from celery import shared_task
from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from documents.mail import Envelope, Name, link, mail, organisation
from jobs.registry import job

from . import actions, calendar, intake, tracking
from .models import REASONS, DeviceRequest, TrackingLink


@shared_task(name="requests.delete_old_drafts")
def delete_old_drafts():
    actions.delete_old_drafts()


@shared_task(name="requests.forget_marks")
def forget_marks():
    actions.forget_marks()


@job(tracking.MAKE_SLIP, _("Make the paper for a person"))
def make_slip(key, claim):
    links = TrackingLink.objects.select_related("request__recipient", "request__partner")
    tracking.make_slip(links.get(pk=key), claim)


@shared_task(name="requests.work_out_expected_days")
def work_out_expected_days():
    calendar.work_out_expected_days()


@shared_task(name="requests.withdraw_of_ended")
def withdraw_of_ended():
    actions.withdraw_of_ended()


SETTLED_NAMES = {
    "number": Name("device_request.number", _("the request’s number"), "R-2026-000401", in_subject=True),
    "reason": Name("reason", _("the reason"), _("The address is not clear")),
    "link": link(_("Open the request")),
}


@mail(actions.SENT_BACK, _("A request is sent back"), names=SETTLED_NAMES)
def sent_back(row):
    """To the organisation's office: that a request waits for its correction, and why; not once it is approved again."""
    return _settled(row, "send_back")


@mail(actions.REJECTED, _("A request is rejected"), names=SETTLED_NAMES)
def rejected(row):
    """To the organisation's office: that the association said no, and why."""
    return _settled(row, "reject")


def _settled(row, verb):
    device_request = DeviceRequest.objects.select_related("partner").get(pk=row.key)
    partner, step = device_request.partner, device_request.steps.exclude(from_status=F("to_status")).last()
    if not partner.email or step.verb != verb:
        return None
    with translation.override(partner.language):
        reason = str(REASONS[verb](step.reason).label)
    url = settings.BASE_URL + device_request.get_absolute_url()
    context = {"device_request": device_request, "reason": reason, "url": url}
    return Envelope(partner.email, partner.language, context)


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
