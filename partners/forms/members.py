"""Who works for an organisation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from web.forms import Form, RowChoiceField
from web.validators import validate_plain_name

ROLES = [  # with what each of them sees
    ("social_worker", _("Social worker"), _("Enters and approves requests, and sees where each laptop is.")),
    ("manager", _("Manager"), _("All that, and invoices, addresses and people.")),
    ("accounting", _("Accounting"), _("Invoices only: no names of people, no requests.")),
]


class InviteForm(Form):
    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    email = forms.EmailField(label=_("E-mail"))
    role = RowChoiceField(label=_("Role"), choices=ROLES)


class RoleForm(Form):
    role = RowChoiceField(label=_("Role"), choices=ROLES)
