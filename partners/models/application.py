import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.lifecycle import PartnerStatus
from people.models import User
from records import clock
from records.triggers import RowsStay

from .partner import Partner
from .register import Commune


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> Self:
        """The association's admins; the applicant comes by the private link."""
        return self if user.has_role("admin") else self.none()

    def unconfirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=True)


class Application(models.Model):
    """What an organisation wrote when it announced itself; its private link leads to it without an account.

    There is a partner once the link in the mail was followed and confirmed.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, editable=False, related_name="applications")
    name = models.CharField(_("Name of the organisation"), max_length=70)
    kind = models.CharField(_("Kind"), max_length=20, choices=Partner.Kind)
    mandated_by = models.CharField(_("Mandated by"), max_length=140, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=4)
    town = models.CharField(_("Town"), max_length=35)
    communes = models.ManyToManyField(Commune, verbose_name=_("It speaks for"), related_name="+")
    contact_name = models.CharField(_("First and last name"), max_length=100)
    contact_function = models.CharField(_("Function"), max_length=100, blank=True)
    email = models.EmailField(_("E-mail"))
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES)
    message = models.TextField(_("Message"), max_length=2000, blank=True)
    announced_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(partner__isnull=False),
                name="a_confirmed_application_has_a_partner",
            ),
            models.CheckConstraint(
                condition=~Q(kind="mandated") | ~Q(mandated_by=""),
                name="a_mandated_organisation_names_its_mandate",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The private link: whoever has it may follow and complete the application."""
        return reverse("partners:application", args=[self.token])


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        """The association's admins, and the managers of the organisation."""
        if user.has_role("admin"):
            return self
        is_manager = user.acting_for and "manager" in user.membership_roles
        return self.filter(partner=user.acting_for_id) if is_manager else self.none()

    def unanswered(self) -> Self:
        """The last word of each applicant that wrote last."""
        later = Message.objects.filter(partner=OuterRef("partner"), pk__gt=OuterRef("pk"))
        applying = self.filter(partner__status__in=(PartnerStatus.APPLIED, PartnerStatus.ADMITTED))
        return applying.filter(~Exists(later), is_from_association=False)


class Message(models.Model):
    """A sentence between an organisation and the association; `by` is empty when it came by the private link."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_from_association = models.BooleanField()
    text = models.TextField(_("Message"), max_length=4000)
    at = models.DateTimeField(default=clock.now)

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        by_id: int | None

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_message_says_something"),
            models.CheckConstraint(
                condition=Q(is_from_association=False) | Q(by__isnull=False),
                name="the_association_writes_by_name",
            ),
            RowsStay(name="partners_message_stays"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.text[:40]}"
