from django import forms
from django.utils.translation import gettext_lazy as _

from documents import uploads
from web.forms import Form


class WorkbookForm(Form):
    """A workbook of organisations; what stands in it is judged by the job that reads it."""

    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("Excel (.xlsx), LibreOffice (.ods) or CSV, up to 10 MB and 20’000 rows."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if sentence := uploads.workbook_fault(file, file.size):
            raise forms.ValidationError(sentence)
        return file


class TakeOverForm(Form):
    invites = forms.BooleanField(label=_("Invite the first people by mail at once"), required=False)
