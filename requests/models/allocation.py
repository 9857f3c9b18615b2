from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from devices.models import Device
from partners.models import Partner
from records import clock
from records.triggers import same_partner

from .device_request import DeviceRequest


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def live(self) -> Self:
        return self.filter(released_at__isnull=True)


class Allocation(models.Model):
    """One device for one request, until it is released."""

    request = models.ForeignKey(DeviceRequest, models.PROTECT, related_name="allocations")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, related_name="allocations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    allocated_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(released_at__isnull=True),
                name="one_live_allocation_per_device",
                violation_error_message=_("Somebody was faster: this laptop is allocated to another request."),
            ),
            models.UniqueConstraint(
                fields=["request"],
                include=["device", "id"],  # what is to be packed is found without reading all that was ever kept
                condition=Q(released_at__isnull=True),
                name="one_live_allocation_per_request",
                violation_error_message=_("This request has a laptop already."),
            ),
            models.UniqueConstraint(fields=["id", "partner"], name="allocation_with_partner"),
            same_partner("request", "requests.DeviceRequest", name="allocation_of_its_partner"),
            models.UniqueConstraint(fields=["id", "request", "device"], name="allocation_with_request_and_device"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_at__gte=F("allocated_at")),
                name="allocation_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} → {self.request}"
