"""An organisation's own data, its rules, who pays; how it is found, kept in mind and ended."""

from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from documents.payment_text import unknown_signs, with_plain_signs
from partners.cantons import CANTONS
from partners.lifecycle import PartnerStatus
from partners.models import BillTo, OnBehalf, Partner, Tariff
from partners.notice_period import earliest_end, next_ends
from partners.reasons import ENDED
from partners.reference_pattern import is_pattern
from records import clock
from records.text import with_numbers
from web.forms import DateInput, Form, ModelForm, NameField, RowChoiceField
from web.validators import validate_plain_name

from .communes import CommunesMixin, area_field, communes_field, postcode_field

FROM_THE_PARTNER = ("name", "postcode", "town")  # needed on an invoice, and may be left out where the two are one
DAYS_TO_CHOOSE = 12
Resting = Partner.RestingRequests


class PartnerForm(CommunesMixin, ModelForm):
    """An organisation with its address and the communes it speaks for."""

    name = NameField(label=_("Name"), max_length=70, validators=[validate_plain_name])
    area = area_field()
    communes = communes_field()
    postcode = postcode_field()
    street = forms.CharField(label=_("Street"), max_length=70, validators=[validate_plain_name])

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
        self.offer_communes()


class BillToForm(ModelForm):
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
        self.fields["email"].required = True  # invoices go out by mail

    def clean(self):
        for name in FROM_THE_PARTNER:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        for name, text in list(self.cleaned_data.items()):
            if isinstance(text, str) and name != "email":
                self.cleaned_data[name] = plain = with_plain_signs(text)
                if unknown := unknown_signs(plain):
                    self.add_error(name, _("A QR-bill does not know %(signs)s.") % {"signs": with_numbers(unknown)})
        return self.cleaned_data

    def leave_to(self, form):
        """Say nothing of what is the organisation's: it is to be mended there."""
        for name in FROM_THE_PARTNER:
            if name in form.errors and self[name].data == form[name].data:
                self.errors.pop(name, None)


class CompleteForm(ModelForm):
    """What the association must know before it can admit: where the office is and where laptops go."""

    street = forms.CharField(label=_("Street"), max_length=70, validators=[validate_plain_name])
    postcode = postcode_field()

    class Meta:
        model = Partner
        fields = ["street", "house_number", "postcode", "town", "phone", "email", "delivery"]
        widgets = {"delivery": forms.RadioSelect}


class EditForm(CompleteForm):
    """An organisation's data, for its managers and the association's admins."""

    name = NameField(label=_("Name"), max_length=70, validators=[validate_plain_name])

    class Meta(CompleteForm.Meta):
        fields = ["name", "kind", "language", *CompleteForm.Meta.fields, "tier"]

    def __init__(self, *args, is_by_association, **options):
        super().__init__(*args, **options)
        if not is_by_association:  # the agreement was made with this name, kind and price
            for name in ("name", "kind", "tier"):
                del self.fields[name]
        else:
            tiers = sorted({self.instance.tier, *Tariff.objects.values_list("tier", flat=True)})
            self.fields["tier"] = forms.ChoiceField(
                label=self.fields["tier"].label, choices=[(tier, tier) for tier in tiers]
            )


class HouseRulesForm(ModelForm):
    """An organisation's own rules for its requests."""

    class Meta:
        model = Partner
        fields = ["approves_by_two", "reference_pattern", "yearly_limit", "person_months"]
        help_texts = {
            "reference_pattern": _("# is a digit, A a letter, * either: AA-####-#### fits LT-2026-0388. Empty: any."),
            "yearly_limit": _("Counted by approval, from January to December. Empty: no limit."),
            "person_months": _("By name and year of birth, as long as the association notices it. Empty: no limit."),
        }

    def clean_reference_pattern(self):
        text = self.cleaned_data["reference_pattern"]
        if text and not is_pattern(text):
            raise forms.ValidationError(_("Write its shape with # for a digit and A for a letter, like AA-####-####."))
        return text


class NoteForm(Form):
    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), strip=True)


class OnBehalfForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=OnBehalf.Reason, widget=forms.RadioSelect)


class RestingRequestsForm(Form):
    """What becomes of requests without a laptop when an agreement ends."""

    requests = RowChoiceField(
        label=_("What becomes of its requests without a laptop?"),
        choices=[
            (Resting.WITHDRAW, Resting.WITHDRAW.label, _("Within a minute. Whoever asked does not hear it from us.")),
            (Resting.LEAVE, Resting.LEAVE.label, _("The association decides on them once it has ended.")),
        ],
        initial=Resting.WITHDRAW,
    )


class EndForm(RestingRequestsForm):
    field_order = ("reason", "requests")

    reason = forms.ChoiceField(label=_("Why?"), choices=list(ENDED.items()), widget=forms.RadioSelect)


class GiveNoticeForm(RestingRequestsForm):
    """The last day of an agreement: for the organisation one of the ends of months that its agreement gives it."""

    field_order = ("ends_on", "requests")

    def __init__(self, *args, is_by_association, **options):
        super().__init__(*args, **options)
        label, today = _("Last day of the agreement"), clock.today()
        if is_by_association:  # which may agree on another day with the organisation
            widget = DateInput()
            self.fields["ends_on"] = forms.DateField(label=label, widget=widget, initial=earliest_end(today))
        else:
            days = [(day.isoformat(), date_format(day)) for day in next_ends(today, DAYS_TO_CHOOSE)]
            self.fields["ends_on"] = forms.TypedChoiceField(label=label, choices=days, coerce=date.fromisoformat)
        self.order_fields(self.field_order)


class FilterForm(Form):
    q = forms.CharField(label=_("Name, town, commune or postcode"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [("", _("All")), *PartnerStatus.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=lambda: [("", _("All")), *Partner.Kind.choices])
    canton = forms.ChoiceField(
        label=_("Canton"), required=False, choices=lambda: [("", _("All")), *sorted(CANTONS.items())]
    )
