from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records import clock
from records.triggers import RowsStay, Trigger

from .partner import Partner

# Who follows whom is read from one to the next: a ring would have no end, nor would who follows itself.
IS_A_RING = """
BEGIN
  IF EXISTS (
    WITH RECURSIVE after AS (
      SELECT NEW.successor_id AS id
      UNION SELECT s.successor_id FROM partners_succession s JOIN after ON s.predecessor_id = after.id
    )
    SELECT FROM after WHERE id = NEW.predecessor_id
  ) THEN
    RAISE EXCEPTION 'who follows is followed'
      USING ERRCODE = '23514', CONSTRAINT = 'no_successor_comes_before_itself';
  END IF;
  RETURN NEW;
END
"""
RING = _("This organisation has gone up in the other one before: it can’t follow it now.")


class Succession(models.Model):
    """That an organisation has taken over the tasks of another one, which has ended with it."""

    predecessor = models.OneToOneField(Partner, models.PROTECT, related_name="succession")
    successor = models.ForeignKey(Partner, models.PROTECT, related_name="took_over")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            Trigger(
                name="no_successor_comes_before_itself",
                when="BEFORE INSERT",
                body=IS_A_RING,
                refusals={"no_successor_comes_before_itself": RING},
            ),
            RowsStay(name="partners_succession_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
