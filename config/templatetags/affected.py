"""What an organisation's pause or end meets: counted here, where all apps are known."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from partners.models import Partner
from people.models import User
from requests.lifecycle import RESTING, RequestStatus
from requests.models import DeviceRequest

register = template.Library()


@register.simple_tag
def affected(partner: Partner, user: User) -> list[tuple[int, Promise]]:
    """How many of an organisation's requests, laptops and invoices are not at their end, with what each counts."""
    requests = DeviceRequest.objects.visible_to(user).filter(partner=partner)
    still_going_out = requests.filter(status__in=(RequestStatus.ALLOCATED, RequestStatus.SHIPPED))
    return [
        (requests.filter(status__in=RESTING).count(), _("Requests without a laptop")),
        (still_going_out.count(), _("Laptops kept or on their way")),
        (Invoice.objects.visible_to(user).filter(partner=partner).in_state("unpaid").count(), _("Invoices to be paid")),
    ]
