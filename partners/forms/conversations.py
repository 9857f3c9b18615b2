"""What organisations and the association write to each other, and who looks after it."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents import uploads
from partners.models import Policy, desk_people
from web.forms import Form, ModelForm

MOST_FILES = 5


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, each a PDF or a photo, up to five at once."""

    widget = _FilesInput

    def clean(self, value, initial=None):
        files = [super(FilesField, self).clean(file, initial) for file in value or []]
        if len(files) > MOST_FILES:
            words = ngettext("At most %(count)s file at once.", "At most %(count)s files at once.", MOST_FILES)
            raise forms.ValidationError(words % {"count": MOST_FILES})
        for file in files:
            if sentence := uploads.fault(file, file.size):
                raise forms.ValidationError(f"{file.name[:60]}: {sentence}")
        return files


class WriteForm(Form):
    """A message; the token makes that sending it twice is as once."""

    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    files: Any = FilesField(
        label=gettext_lazy("Attachments"),
        help_text=gettext_lazy("PDF or photos, up to 5 files of 10 MB."),
        required=False,
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self):
        if self.errors and self.files.getlist(self.add_prefix("files")) and "files" not in self.errors:
            self.add_error("files", _("Choose the files once more: a browser does not keep them."))
        return self.cleaned_data


class TalkNoteForm(WriteForm):
    """A note that only the association reads."""

    prefix = "note"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["text"].label = gettext_lazy("Note")


class TopicForm(WriteForm):
    """The first message of a conversation without a request."""

    topic = forms.CharField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("A few words, no names of people who get laptops."),
        max_length=100,
    )
    field_order = ("topic", "text", "files")


class OwnerForm(Form):
    """Who of the desk looks after a conversation."""

    owner: Any = forms.ModelChoiceField(label=gettext_lazy("Who looks after it"), queryset=None, empty_label=None)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["owner"].queryset = desk_people()


class HandOverForm(Form):
    """All conversations of one person for another one."""

    of: Any = forms.ModelChoiceField(
        label=gettext_lazy("All open conversations of"), queryset=None, empty_label=gettext_lazy("Choose")
    )
    to: Any = forms.ModelChoiceField(label=gettext_lazy("go to"), queryset=None, empty_label=gettext_lazy("Choose"))

    def __init__(self, *args, owners, counts, **options):
        super().__init__(*args, **options)
        self.fields["of"].queryset = owners
        self.fields["of"].label_from_instance = lambda user: f"{user} ({counts[user.pk]})"
        self.fields["to"].queryset = desk_people()

    def clean(self):
        given = self.cleaned_data
        if given.get("of") and given.get("of") == given.get("to"):
            self.add_error("to", _("Choose somebody else."))
        return given


class AnswerForm(Form):
    """What the association answers again and again, in the languages of its readers."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("By which the desk finds it."), max_length=80
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for language, name in settings.LANGUAGES:
            self.fields[f"text_{language}"] = forms.CharField(
                label=name, max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4, "lang": language})
            )

    def clean(self):
        if not any(text for name, text in self.cleaned_data.items() if name.startswith("text_")):
            self.add_error("text_de", _("Write it in one language at least."))
        return self.cleaned_data


class DeskFilterForm(Form):
    owner = forms.ChoiceField(label=gettext_lazy("Who looks after it"), required=False)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        rows = [(str(user.pk), str(user)) for user in people]
        self.fields["owner"].choices = [("", _("Everybody")), ("nobody", _("Nobody yet")), *rows]


class DeskPolicyForm(ModelForm):
    class Meta:
        model = Policy
        fields = ["team_mailbox"]
        help_texts = {
            "team_mailbox": gettext_lazy(
                "Told of what nobody has opened for three working days. Empty: the association’s address."
            )
        }
