"""A person’s own choices."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from web.forms import ModelForm, TypedText

from .models import User


class AppearanceForm(ModelForm):
    """How the pages look to a person, and in which language pages and mails speak."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["theme", "language"]
        widgets = {"theme": forms.RadioSelect}


class AddPasskeyForm(TypedText, AddWebAuthnForm):
    """A passkey under a name of one's own."""

    name = forms.CharField(label=_("Name"), required=False)


class EditPasskeyForm(TypedText, EditWebAuthnForm):
    """Its name again."""

    name = forms.CharField(label=_("Name"))
