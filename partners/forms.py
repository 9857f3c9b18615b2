import re

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.payment_text import unknown_signs, with_plain_signs
from records import clock
from web.pagination import parse_key
from web.validators import validate_plain_name

from .lifecycle import PartnerStatus
from .models import Agreement, BillTo, Commune, Locality, Membership, Partner

POSTCODE = re.compile(r"[0-9]{4}")
FROM_THE_PARTNER = ("name", "postcode", "town")  # needed on an invoice, and may be left out where the two are one


class PartnerForm(forms.ModelForm):
    """An organisation with its address and the communes it speaks for."""

    name = forms.CharField(label=_("Name"), max_length=70, validators=[validate_plain_name])
    area = forms.CharField(
        label=_("Postcodes of its communes"),
        help_text=_("One or several: 3400 3432. The communes then appear below."),
        required=False,
    )
    communes = forms.ModelMultipleChoiceField(
        label=_("It speaks for"), queryset=Commune.objects.live(), required=False, widget=forms.CheckboxSelectMultiple
    )
    postcode = forms.RegexField(
        r"\A[0-9]{4}\Z", label=_("Postcode"), strip=True, error_messages={"invalid": _("Four digits, like 3400")}
    )

    class Meta:
        model = Partner
        fields = ["name", "kind", "language", "street", "house_number", "postcode", "town", "delivery"]
        widgets = {"delivery": forms.RadioSelect}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["delivery"].choices = [
            (Partner.Delivery.PERSON, Partner.Delivery.PERSON.label),
            (Partner.Delivery.OFFICE, _("To the organisation")),  # "our" office is said by its own people
        ]
        found = communes_in(self["area"].value() or self["postcode"].value() or "")
        ticked = [parse_key(str(value)) for value in self["communes"].value() or []]
        shown = {commune.pk: commune for commune in [*found, *Commune.objects.live().filter(pk__in=ticked)]}
        self.fields["communes"].choices = [(pk, str(commune)) for pk, commune in shown.items()]

    def clean_area(self):
        area = self.cleaned_data["area"]
        if unknown := unknown_postcodes(area):
            raise forms.ValidationError(_("No commune has the postcode %(postcode)s.") % {"postcode": unknown[0]})
        return area

    @property
    def unknown(self):
        """Postcodes typed for the communes that no commune has, while the form is still being written."""
        return [] if self.is_bound else unknown_postcodes(self["area"].value() or "")


def communes_in(text):
    """The communes of the postcodes in a text, the largest share of addresses first."""
    places = Commune.objects.live().filter(localities__postcode__in=POSTCODE.findall(text))
    return list(dict.fromkeys(places.order_by("-localities__share", "name")))


def main_communes_in(text):
    """Of each postcode in a text the commune with the largest share of its addresses, as keys."""
    places = Locality.objects.filter(postcode__in=POSTCODE.findall(text), commune__valid_to=None)
    first = places.order_by("postcode", "-share", "name").distinct("postcode")
    return list(dict.fromkeys(place.commune_id for place in first))


def unknown_postcodes(text):
    """Those of the postcodes in a text that the register does not know; none until it is loaded."""
    typed = list(dict.fromkeys(POSTCODE.findall(text)))
    known = set(Locality.objects.filter(postcode__in=typed).values_list("postcode", flat=True))
    unknown = [postcode for postcode in typed if postcode not in known]
    return unknown if unknown and Locality.objects.exists() else []


class BillToForm(forms.ModelForm):
    """Who pays; an empty name or address is taken from the organisation's.

    Signs that a QR-bill does not know become plain ones here, or are refused where they are typed.
    """

    section = _("Who pays")

    class Meta:
        model = BillTo
        fields = [
            "name",
            "department",
            "street",
            "house_number",
            "postcode",
            "town",
            "email",
            "language",
            "cadence",
            "cost_centre",
            "order_number",
        ]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in FROM_THE_PARTNER:
            self.fields[name].required = False

    def clean(self):
        for name in FROM_THE_PARTNER:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        for name, text in list(self.cleaned_data.items()):
            if isinstance(text, str) and name != "email":
                self.cleaned_data[name] = plain = with_plain_signs(text)
                if unknown := unknown_signs(plain):
                    self.add_error(name, _("A QR-bill does not know “%(signs)s”.") % {"signs": unknown})
        return self.cleaned_data

    def leave_to(self, form):
        """Say nothing of what is the organisation's: it is to be mended there."""
        for name in FROM_THE_PARTNER:
            if name in form.errors and self[name].data == form[name].data:
                self.errors.pop(name, None)


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = ["version", "signed_on", "signed_by", "function"]
        widgets = {"signed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_signed_on(self):
        signed_on = self.cleaned_data["signed_on"]
        if signed_on > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return signed_on


class InviteForm(forms.Form):
    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role, widget=forms.RadioSelect)


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Name or town"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [("", _("All")), *PartnerStatus.choices]
    )
