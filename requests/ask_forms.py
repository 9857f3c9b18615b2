"""The questions to a person who asks by an organisation's link, one a page.

They have no labels and no sentences for errors: both stand in the templates, in the languages of those pages.
"""

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from partners.models import Locality, Partner
from web.bots import ByAPersonForm
from web.forms import Form
from web.validators import validate_plain_name

from .models import DeviceRequest
from .models.recipient import validate_birth_year
from .rules import name_faults


class NameForm(Form):
    """Two fields, of which one suffices; a line or a point is no name."""

    first_name = forms.CharField(max_length=50, required=False, validators=[validate_plain_name])
    last_name = forms.CharField(max_length=50, required=False, validators=[validate_plain_name])

    def clean(self):
        names = [self.cleaned_data.get(name, "") for name in ("first_name", "last_name")]
        for name in {} if self.errors else name_faults(*names):
            self.add_error(name, "")
        return self.cleaned_data


class BirthYearForm(Form):
    birth_year = forms.IntegerField(required=False, validators=[validate_birth_year], widget=forms.TextInput)


class AddressForm(Form):
    street = forms.CharField(max_length=70)
    house_number = forms.CharField(max_length=16, required=False)
    postcode = forms.RegexField(r"\A[0-9]{4}\Z", strip=True)
    town = forms.CharField(max_length=35)

    def clean_postcode(self):
        postcode = self.cleaned_data["postcode"]
        if not Locality.objects.has_postcode(postcode):
            raise forms.ValidationError("")
        return postcode


class PhoneForm(Form):
    mobile = PhoneNumberField(required=False, region="CH")


class PurposeForm(Form):
    purpose = forms.ChoiceField(choices=DeviceRequest.Purpose)


class SendForm(ByAPersonForm):
    """What a program can't press."""


QUESTIONS = {
    "name": NameForm,
    "year": BirthYearForm,
    "address": AddressForm,
    "phone": PhoneForm,
    "purpose": PurposeForm,
}


def questions_of(partner):
    """What an organisation's people are asked: no address where the laptop comes to the office."""
    to_office = partner.delivery == Partner.Delivery.OFFICE
    return [name for name in QUESTIONS if not (to_office and name == "address")]


def judged(partner, answers):
    """The answers as they are kept, and the first question that has none that holds; None when all have."""
    cleaned = {}
    for name in questions_of(partner):
        form = QUESTIONS[name](answers)
        if name not in answers.get("asked", []) or not form.is_valid():
            return cleaned, name
        cleaned |= form.cleaned_data
    return cleaned, None
