from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from documents.models import StoredFile
from partners.models.intake_link import new_token, stays_closed
from people.models import User
from records import clock
from records.triggers import RowsStay

from .device_request import DeviceRequest


class TrackingLinkQuerySet(models.QuerySet["TrackingLink"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(request__in=DeviceRequest.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class TrackingLink(models.Model):
    """The address at which a person sees where the laptop is: one is open at a time, all stay.

    Whoever has it reads that, and nothing of the person. `slip` is the paper with its code, empty until it is made.
    """

    request = models.ForeignKey(DeviceRequest, models.PROTECT, related_name="tracking_links")
    token = models.CharField(max_length=19, unique=True, default=new_token, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    slip = models.ForeignKey(StoredFile, models.PROTECT, null=True, editable=False, related_name="+")

    objects = TrackingLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(closed_at__isnull=True),
                name="one_open_tracking_link_per_request",
                violation_error_message=_("There is an open link already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="tracking_link_closes_after_it_opened",
            ),
            RowsStay(name="requests_trackinglink_stays", fields=["request", "token", "opened_at"]),
            stays_closed("a_closed_tracking_link_stays_closed", what="tracking link"),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {self.opened_at:%Y-%m-%d}"
