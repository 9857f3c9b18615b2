"""How an organisation announces itself, and what is said and decided about it."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partners.cantons import CANTONS
from partners.models import Application, Commune, Partner
from partners.reasons import DECLINED
from web.bots import ByAPersonForm
from web.forms import Form, ModelForm, NameField, RowChoiceField
from web.validators import validate_plain_name

from .communes import CommunesMixin, area_field, communes_field, postcode_field


class JoinForm(CommunesMixin, ByAPersonForm, ModelForm):
    """What an organisation says of itself before anybody knows it."""

    name = NameField(label=_("Name of the organisation"), max_length=70, validators=[validate_plain_name])
    kind = RowChoiceField(
        label=_("What kind of organisation is it?"),
        choices=[
            (Partner.Kind.COMMUNE, _("A commune"), _("It speaks for itself.")),
            (Partner.Kind.REGIONAL, _("A regional social service"), _("It speaks for several communes.")),
            (Partner.Kind.CANTON, _("A canton"), _("It speaks for all of its communes.")),
            (Partner.Kind.MANDATED, _("A mandated organisation"), _("By contract with a commune or a canton.")),
            (Partner.Kind.RELIEF, _("A relief organisation"), _("It accompanies people in poverty.")),
        ],
    )
    mandated_by = forms.CharField(
        label=_("Who has given the mandate?"),
        help_text=_("Only for a mandated organisation: the commune, canton or authority."),
        max_length=140,
        required=False,
        validators=[validate_plain_name],
    )
    canton = forms.ChoiceField(
        label=_("Canton"),
        help_text=_("Only for a canton: all of its communes are taken."),
        choices=[("", "–"), *CANTONS.items()],
        required=False,
    )
    postcode = postcode_field()
    area = area_field()
    communes = communes_field()
    contact_name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    contact_function = forms.CharField(
        label=_("Function"), max_length=100, required=False, validators=[validate_plain_name]
    )

    class Meta:
        model = Application
        fields = [
            "kind",
            "name",
            "mandated_by",
            "postcode",
            "town",
            "contact_name",
            "contact_function",
            "email",
            "phone",
            "language",
            "message",
        ]
        widgets = {"message": forms.Textarea(attrs={"rows": 4}), "language": forms.RadioSelect}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["language"].choices = settings.LANGUAGES
        self.offer_communes()

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if given.get("kind") == Partner.Kind.MANDATED and not given.get("mandated_by"):
            self.add_error("mandated_by", _("Name the commune, canton or authority."))
        if given.get("kind") == Partner.Kind.CANTON:
            if not given.get("canton"):
                self.add_error("canton", _("Choose the canton."))
            given["communes"] = Commune.objects.live().filter(canton=given.get("canton") or "–")
        elif "area" not in self.errors and not given.get("communes"):
            self.add_error("area", _("Find and tick the communes that it speaks for."))
        return given


class MessageForm(Form):
    text = forms.CharField(
        label=_("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), strip=True
    )


class DeclineForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=list(DECLINED.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("A sentence to the organisation"),
        help_text=_("It stands in the mail’s page, in your words."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("text"):
            self.add_error("text", _("Say in a sentence why."))
        return self.cleaned_data
