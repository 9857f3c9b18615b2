"""The framework agreement: signed, handed in, set aside, and its versions."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from documents.uploads import LARGEST, detect_media_type
from partners.agreement_text import FACTS, unknown_names
from partners.models import Agreement
from partners.reasons import SET_ASIDE
from records import clock
from web.forms import DateInput, Form, ModelForm
from web.validators import validate_plain_name


class AgreementForm(ModelForm):
    class Meta:
        model = Agreement
        fields = ["version", "signed_on", "signed_by", "function"]
        widgets = {"signed_on": DateInput()}

    def clean_signed_on(self):
        return not_to_come(self.cleaned_data["signed_on"])


class SetAsideForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=list(SET_ASIDE.items()), widget=forms.RadioSelect)


class SignForm(Form):
    """Who signs on screen; `read` is the hash of what was shown, so that nobody signs what they have not read."""

    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    function = forms.CharField(label=_("Function"), max_length=100, validators=[validate_plain_name])
    may_sign = forms.BooleanField(label=_("I have read the agreement, and I may sign for my organisation."))
    read = forms.CharField(widget=forms.HiddenInput)


class UploadForm(Form):
    file = forms.FileField(label=_("The signed agreement as a PDF"), help_text=_("At most 10 MB."))
    name = forms.CharField(label=_("Signed by"), max_length=100, validators=[validate_plain_name])
    function = forms.CharField(label=_("Function"), max_length=100, validators=[validate_plain_name])
    signed_on = forms.DateField(label=_("Signed on"), widget=DateInput())

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        content = file.read()
        if detect_media_type(content) != "application/pdf":
            raise forms.ValidationError(_("This is no PDF. Scan the signed paper as a PDF."))
        return content

    def clean_signed_on(self):
        return not_to_come(self.cleaned_data["signed_on"])


def not_to_come(day):
    """The day, unless it has not come yet."""
    if day > clock.today():
        raise forms.ValidationError(_("This day has not come yet."))
    return day


class VersionForm(Form):
    """A new version of the agreement in every language."""

    number = forms.RegexField(
        r"\A[0-9A-Za-z.-]{1,20}\Z",
        label=_("Version"),
        help_text=_("A year and a number, like 2027.1."),
        error_messages={"invalid": _("Letters, digits, points and hyphens only.")},
    )
    sign_by = forms.DateField(
        label=_("All partners sign by"),
        help_text=_("Each is asked by mail. Empty: only who joins from now on signs it."),
        required=False,
        widget=DateInput(),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for code, name in settings.LANGUAGES:
            field = forms.CharField(
                label=name,
                max_length=30_000,
                strip=False,  # French has narrow spaces before some signs
                widget=forms.Textarea(attrs={"rows": 12, "lang": code}),
            )
            self.fields[f"body_{code}"] = field

    def clean_sign_by(self):
        day = self.cleaned_data["sign_by"]
        if day and day < clock.today():
            raise forms.ValidationError(_("This day is over."))
        return day

    def clean(self):
        for code, _name in settings.LANGUAGES:
            for name in unknown_names(self.cleaned_data.get(f"body_{code}", "")):
                words = {"name": name, "known": ", ".join(f"{{{known}}}" for known in FACTS)}
                self.add_error(
                    f"body_{code}", _("There is no {%(name)s}. What stands in braces is one of %(known)s.") % words
                )
        return self.cleaned_data

    @property
    def bodies(self):
        """The texts by language."""
        return {code: self.cleaned_data[f"body_{code}"].strip() for code, _name in settings.LANGUAGES}
