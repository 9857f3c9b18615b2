from django.db import models

from records import clock
from requests.expected_day import Calendar

from .policy import Policy


class RoundDateManager(models.Manager["RoundDate"]):
    def calendar(self) -> Calendar:
        """On which days parcels go out from today on: as the policy says, and as it is set for single days."""
        policy = Policy.objects.current()
        kept = {day.on: 0 if day.is_closed else day.capacity for day in self.filter(on__gte=clock.today())}
        return Calendar(policy.round_first, policy.round_days, policy.round_capacity, kept)


class RoundDate(models.Model):
    """A day of the dispatch calendar that is set apart: how many parcels it holds, or that it is closed."""

    on = models.DateField(unique=True)
    capacity = models.PositiveSmallIntegerField(default=50)
    is_closed = models.BooleanField(default=False)

    objects = RoundDateManager()

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return self.on.isoformat()
