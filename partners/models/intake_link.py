import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from documents.models import StoredFile
from people.models import User
from records import clock
from records.triggers import RowsStay, Trigger

from .partner import Partner

SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that are taken for each other on paper


def stays_closed(name: str, *, what: str) -> Trigger:
    """The trigger, of this name, that keeps a closed link closed; `what` is closed, for the log."""
    body = f"""
BEGIN
  IF OLD.closed_at IS NULL THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a closed {what} is opened again'
    USING ERRCODE = '23514', CONSTRAINT = '{name}';
END
"""
    refusals = {name: _("A closed link stays closed. Open a new one.")}
    return Trigger(name=name, when="BEFORE UPDATE OF closed_at", body=body, refusals=refusals)


def new_token() -> str:
    """Sixteen signs in fours, which nobody guesses and anybody can type from paper."""
    return "-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _four in range(4))


class IntakeLinkQuerySet(models.QuerySet["IntakeLink"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class IntakeLink(models.Model):
    """The address at which people ask an organisation for a laptop themselves: one is open at a time, all stay.

    Whoever has it may ask, and read nothing.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="intake_links")
    token = models.CharField(max_length=19, unique=True, default=new_token, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = IntakeLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "partner"], name="intake_link_with_partner"),
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(closed_at__isnull=True),
                name="one_open_intake_link_per_partner",
                violation_error_message=_("There is an open link already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="intake_link_closes_after_it_opened",
            ),
            RowsStay(name="partners_intakelink_stays", fields=["partner", "token", "opened_at"]),
            stays_closed("a_closed_intake_link_stays_closed", what="intake link"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, {self.opened_at:%Y-%m-%d}"

    @property
    def takes_requests(self) -> bool:
        """Whether somebody may ask by it now."""
        return self.closed_at is None and self.partner.is_active


class IntakePoster(models.Model):
    """A link's poster, made once per language; `fingerprint` is of what it says, and the file is empty until then."""

    link = models.ForeignKey(IntakeLink, models.CASCADE, related_name="posters")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    fingerprint = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "language"], name="one_poster_per_link_and_language")]

    def __str__(self) -> str:
        return f"{self.link}, {self.language}"
