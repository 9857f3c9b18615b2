from django import forms
from django.utils.translation import gettext_lazy as _

from web.forms import Form
from web.pagination import parse_key

from .camt import LARGEST, SENTENCES
from .lifecycle import InvoiceState
from .periods import parse_month


class MonthField(forms.CharField):
    """A month written like 2026-10, as its first day."""

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        month = parse_month(text)
        if month is None:
            raise forms.ValidationError(_("Write the month like 2026-10."))
        return month


class MonthForm(Form):
    month = MonthField(label=_("Month"))


class MonthEndForm(MonthForm):
    """The month, the batch of drafts and the one list that an address names."""

    batch = forms.UUIDField(required=False)
    list = forms.ChoiceField(choices=[(name, name) for name in ("dues", "drafts", "issued")], required=False)


class KeysField(forms.TypedMultipleChoiceField):
    """The keys of ticked rows, whatever has become of the rows meanwhile."""

    def __init__(self, **options):
        super().__init__(coerce=int, **options)

    def valid_value(self, value):
        return parse_key(value) is not None


class IssueForm(MonthForm):
    """The drafts that were ticked, or all of the month; with the same token, submitting twice is the same as once."""

    token = forms.UUIDField()
    drafts = KeysField(required=False)
    all = forms.CharField(max_length=32, required=False)  # their fingerprint as the page had it


class FilterForm(Form):
    q = forms.CharField(label=_("Number, case reference or organisation"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        states = [state for state in InvoiceState if state != InvoiceState.DRAFT or not user.acting_for]
        self.fields["state"].choices = [("", _("All")), *((state.value, state.label) for state in states)]


class BankFileForm(Form):
    """A bank file to book; what it says is judged by the import."""

    file = forms.FileField(
        label=_("Bank file"),
        help_text=_("The credit notification of your bank: camt.054, XML, up to 36 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(SENTENCES["too_large"])
        return file
