"""A person’s own choices; and running an action from a form, where a refusal becomes an error beside what was typed."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from .lifecycle import Refused, sentence_for
from .models import User


class AppearanceForm(forms.ModelForm):
    """How the pages look to a person, and in which language pages and mails speak."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["theme", "language"]
        widgets = {"theme": forms.RadioSelect}


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey under a name of one's own."""

    name = forms.CharField(label=_("Name"), required=False)


class EditPasskeyForm(EditWebAuthnForm):
    """Its name again."""

    name = forms.CharField(label=_("Name"))


def attempt(form, deed, *, field=None):
    """Do the deed in a transaction and give back what it gives; None, with an error in the form, if it is refused."""
    try:
        with transaction.atomic():
            return deed()
    except (Refused, DatabaseError) as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        form.add_error(field, str(sentence))
    return None
