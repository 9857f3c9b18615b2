from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.references import public_number
from records.triggers import Trigger

RISES = _("A series of numbers rises by one and leaves none out.")

# A number is drawn by adding one. Lowered, a series would draw numbers twice; raised, no_gap would stop every issue.
# Until the first number is drawn, it may begin at another one.
SERIES_RISES_BY_ONE = Trigger(
    name="series_rises_by_one",
    when="BEFORE UPDATE OR DELETE",
    body="""
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.name = OLD.name THEN
    IF NEW.first = OLD.first AND NEW.last BETWEEN OLD.last AND OLD.last + 1 THEN RETURN NEW; END IF;
    IF OLD.last < OLD.first AND NEW.last = NEW.first - 1 THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'a series rises by one' USING ERRCODE = '23001', CONSTRAINT = 'series_rises_by_one';
END
""",
    refusals={"series_rises_by_one": RISES},
)


class SeriesQuerySet(models.QuerySet["Series"]):
    def draw(self, year: int) -> tuple["Series", int]:
        """The series of a year's invoices and its next number.

        The series stays locked until the transaction ends: lock everything else before.
        """
        name = series_name(year)
        self.bulk_create([Series(name=name)], ignore_conflicts=True)
        series = self.select_for_update().get(pk=name)
        self.filter(pk=name).update(last=F("last") + 1)
        return series, series.last + 1

    def next_numbers(self, year: int, count: int) -> tuple[str, str]:
        """The first and last of so many numbers that would be drawn now, as people write them."""
        last = self.filter(pk=series_name(year)).values_list("last", flat=True).first() or 0
        return public_number(year, last + 1), public_number(year, last + count)


def series_name(year: int | str) -> str:
    """The name of the series of a year's invoices."""
    return f"invoice-{year}"


class Series(models.Model):
    """A gapless number series of one year of issue; its row is locked last and only while issuing."""

    name = models.CharField(max_length=20, primary_key=True)
    first = models.PositiveBigIntegerField(default=1)
    last = models.BigIntegerField(default=0)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "first"], name="series_with_first"),
            models.CheckConstraint(condition=Q(first__gt=0), name="series_begins_above_zero"),
            models.CheckConstraint(condition=Q(last__gte=F("first") - 1), name="series_not_below_its_first"),
            SERIES_RISES_BY_ONE,
        ]

    def __str__(self) -> str:
        return self.name
