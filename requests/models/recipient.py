from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from partners.models import Partner
from partners.places import country_of
from records import clock
from records.triggers import same_partner

from .device_request import DeviceRequest, name_words

LANGUAGES = [
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("en", "English"),
    ("uk", "Українська"),
    ("ar", "العربية"),
]

# What describes a person, in the order of the form.
PERSON = (
    "first_name",
    "last_name",
    "birth_year",
    "street",
    "house_number",
    "postcode",
    "town",
    "mobile",
    "language",
)


def validate_birth_year(year: int) -> None:
    """Refuse two digits, a year of which nobody lives any more, and one that has not come yet."""
    MinValueValidator(1900, _("Four digits, %(limit_value)s at the earliest"))(year)
    MaxValueValidator(clock.today().year, _("Four digits, %(limit_value)s at the latest"))(year)


class Recipient(models.Model):
    """The person a request is for: sensitive data, apart from all else, blanked when it is due.

    Always reached through a request that `visible_to` gave: volunteers, treasurers and accounting never see one.
    """

    request = models.OneToOneField(DeviceRequest, models.PROTECT, related_name="recipient", primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    first_name = models.CharField(_("First name"), max_length=50, blank=True)
    last_name = models.CharField(_("Last name"), max_length=50, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("Year of birth"), null=True, blank=True)
    street = models.CharField(_("Street"), max_length=70, blank=True)
    house_number = models.CharField(_("No."), max_length=16, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=4, blank=True)
    town = models.CharField(_("Town"), max_length=35, blank=True)
    mobile = PhoneNumberField(_("Mobile"), blank=True)
    language = models.CharField(_("Language of the person"), max_length=2, choices=LANGUAGES, default="de")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            same_partner("request", "requests.DeviceRequest", name="recipient_of_its_partner"),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(first_name="", last_name="", birth_year__isnull=True)
                & models.Q(street="", house_number="", postcode="", town="", mobile=""),
                name="erased_person_is_blank",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=False) | ~models.Q(first_name="", last_name=""),
                name="a_person_has_a_name",
                violation_error_message=_("Enter a name. One is enough, in either field."),
            ),
        ]
        indexes = [GinIndex(name_words(), name="people_by_name_words")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def country(self) -> str:
        """CH, or LI: its postcode says it."""
        return country_of(self.postcode) if self.postcode else ""

    @property
    def short_name(self) -> str:
        """As a list has room for it; who has one name is called by it."""
        return f"{self.first_name[:1]}. {self.last_name}" if self.first_name and self.last_name else self.name
