from django.db import models


class RoundDate(models.Model):
    """A day of the dispatch calendar and how many parcels it holds."""

    on = models.DateField(unique=True)
    capacity = models.PositiveSmallIntegerField(default=50)
    is_closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return self.on.isoformat()
