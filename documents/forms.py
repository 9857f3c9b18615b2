from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.forms import Form

from .mail_words import names_in


class MailTextForm(Form):
    """A mail's words. In braces stand only the names of its kind, in the subject only those that name no person."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        help_text=gettext_lazy("Others read it in passing: it names no person."),
        max_length=120,
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("An empty line begins a new paragraph. Who sends it, and why, is added below."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    def __init__(self, *args, kind, **options):
        super().__init__(*args, **options)
        self.names = kind.names

    def clean_subject(self):
        subject = " ".join(self.cleaned_data["subject"].split())
        self._refuse_unknown(subject)
        for name in names_in(subject):
            if not self.names[name].in_subject:
                raise forms.ValidationError(_("{%(name)s} has no place in a subject.") % {"name": name})
        return subject

    def clean_body(self):
        body = self.cleaned_data["body"]
        self._refuse_unknown(body)
        for name, about in self.names.items():
            if about.is_needed and name not in names_in(body):
                sentence = _("{%(name)s} is missing: without it nobody gets to the page.")
                raise forms.ValidationError(sentence % {"name": name})
        return body

    def _refuse_unknown(self, text):
        unknown = next((name for name in names_in(text) if name not in self.names), None)
        if unknown is not None:
            known = ", ".join(f"{{{name}}}" for name in self.names)
            sentence = _("There is no {%(name)s}. What stands in braces is one of %(known)s.")
            raise forms.ValidationError(sentence % {"name": unknown, "known": known})
