from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.ch import vat

from web.forms import DateInput, Form, ModelForm
from web.pagination import parse_key

from .camt import LARGEST, SENTENCES
from .ibans import is_iban, is_qr_iban
from .lifecycle import InvoiceState
from .models import CreditorAccount, VatStatus
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


def _day_field():
    return forms.DateField(
        label=_("From"),
        help_text=_("From tomorrow on at the earliest. Invoices issued before keep what stands on them."),
        widget=DateInput(),
    )


class AccountForm(ModelForm):
    """The account that payments are to go to from a day on."""

    iban = forms.CharField(label=_("IBAN"), help_text=_("The ordinary one, which statements name."), max_length=34)
    qr_iban = forms.CharField(label=_("QR-IBAN"), help_text=_("The one on invoices."), max_length=34)
    valid_from = _day_field()

    class Meta:
        model = CreditorAccount
        fields = ["iban", "qr_iban", "reference_prefix", "valid_from"]

    def clean_iban(self):
        text = self.cleaned_data["iban"].replace(" ", "").upper()
        if not is_iban(text) or is_qr_iban(text):
            raise forms.ValidationError(_("This is no IBAN of an account in Switzerland or Liechtenstein."))
        return text

    def clean_qr_iban(self):
        text = self.cleaned_data["qr_iban"].replace(" ", "").upper()
        if not is_qr_iban(text):
            raise forms.ValidationError(_("This is no QR-IBAN: its fifth digit is a 3, and the check digits fit."))
        return text


class VatForm(ModelForm):
    """Number and rate from a day on; both empty where the association is not registered."""

    number = forms.CharField(
        label=_("VAT number"), help_text=_("Like CHE-123.456.788 MWST; empty: not registered."), required=False
    )
    valid_from = _day_field()

    class Meta:
        model = VatStatus
        fields = ["number", "rate", "valid_from"]

    def clean_number(self):
        text = self.cleaned_data["number"]
        if text and not vat.is_valid(text):
            raise forms.ValidationError(_("This is no Swiss VAT number."))
        return vat.format(text) if text else ""


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
