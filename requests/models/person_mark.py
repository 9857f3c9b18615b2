from typing import Any

from django.conf import settings
from django.db import models

from partners.models import Partner
from records import clock
from records.triggers import same_partner
from requests.same_person import marks

from .device_request import DeviceRequest


def marks_of(person: dict[str, Any]) -> set[str]:
    """The marks of a person as they are kept, made with this site's key."""
    year = person.get("birth_year")
    return marks(person.get("first_name", ""), person.get("last_name", ""), year, key=settings.GUARD_KEY.encode())


class PersonMarkManager(models.Manager["PersonMark"]):
    def remember(self, device_request: DeviceRequest, person: dict[str, Any]) -> None:
        """Keep a request's marks, for as long as the guard period says."""
        self.bulk_create(
            PersonMark(request=device_request, partner_id=device_request.partner_id, mark=mark)
            for mark in marks_of(person)
        )

    def follow(self, device_request: DeviceRequest, person: dict[str, Any]) -> None:
        """Replace a request's marks by those of the corrected name; they end when the first ones would have."""
        kept = self.filter(request=device_request)
        made_on = kept.order_by("made_on").values_list("made_on", flat=True).first() or clock.today()
        kept.delete()
        self.remember(device_request, person)
        self.filter(request=device_request).update(made_on=made_on)

    def earlier(self, partner: Partner, person: dict[str, Any]) -> models.QuerySet[DeviceRequest]:
        """The organisation's own requests that may be for this person, the latest first."""
        found = self.filter(mark__in=marks_of(person), partner=partner).values("request")
        return DeviceRequest.objects.filter(pk__in=found).order_by("-pk")

    def elsewhere(self, device_request: Any, partner: Any) -> models.QuerySet[DeviceRequest]:
        """Others' requests than this organisation's that may be for the same person: for the association's eyes only.

        Both are keys.
        """
        mine = self.filter(request=device_request).values("mark")
        others = self.filter(mark__in=mine).exclude(partner=partner).values("request")
        return DeviceRequest.objects.filter(pk__in=others).order_by("-pk")


class PersonMark(models.Model):
    """What tells that two requests may be for one person, and not who; forgotten after the guard period."""

    request = models.ForeignKey(DeviceRequest, models.PROTECT, related_name="marks")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    mark = models.CharField(max_length=64)
    made_on = models.DateField(default=clock.today)

    objects = PersonMarkManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "mark"], name="one_mark_per_request"),
            same_partner("request", "requests.DeviceRequest", name="mark_of_its_partner"),
        ]
        indexes = [
            models.Index(fields=["mark", "partner"], name="marks_by_person"),
            models.Index(fields=["made_on"], name="marks_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.mark[:8]}"
