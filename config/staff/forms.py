from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from people.models import AssociationRole
from records import clock
from web.forms import Form, RowsChoiceField
from web.validators import validate_plain_name

Role = AssociationRole.Role
ROLES = [  # with what each of them sees
    (Role.ADMIN, Role.ADMIN.label, _("Everything: organisations, people, settings, requests and money.")),
    (Role.TREASURER, Role.TREASURER.label, _("Invoices, payments and month end. No recipients.")),
    (Role.DISPATCHER, Role.DISPATCHER.label, _("Requests with names and addresses, laptops, rounds and parcels.")),
    (Role.VOLUNTEER, Role.VOLUNTEER.label, _("Laptops in the workshop, and parcels by scan. No names.")),
    (Role.AUDITOR, Role.AUDITOR.label, _("Reads money and agreements until a day. No recipients, changes nothing.")),
]


class RolesForm(Form):
    """Which roles of the association somebody has, and until when the auditor's lasts."""

    roles = RowsChoiceField(label=_("Roles"), choices=ROLES)
    ends_on = forms.DateField(
        label=_("Auditor until"),
        help_text=_("The last day. Needed for an auditor, without meaning for the others."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self):
        ends_on = self.cleaned_data.get("ends_on")
        if Role.AUDITOR in self.cleaned_data.get("roles", ()) and "ends_on" not in self.errors:
            if ends_on is None:
                self.add_error("ends_on", _("An auditor’s access has a last day."))
            elif ends_on < clock.today():
                self.add_error("ends_on", _("This day is over."))
        return self.cleaned_data

    @property
    def with_ends(self):
        """Each role with its last day, or none."""
        ends_on = self.cleaned_data["ends_on"]
        return {role: ends_on if role == Role.AUDITOR else None for role in self.cleaned_data["roles"]}


class InviteForm(RolesForm):
    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    field_order = ["name", "email", "language", "roles", "ends_on"]
