"""What a laptop costs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Tariff
from records import clock
from records.text import fold
from web.forms import DateInput, ModelForm


class TariffForm(ModelForm):
    """A price of a tier and a delivery mode from a day on."""

    tier = forms.CharField(
        label=_("Tariff tier"), help_text=_("A known one, or a new name."), max_length=20, initial="standard"
    )

    class Meta:
        model = Tariff
        fields = ["tier", "delivery", "amount", "valid_from"]
        widgets = {
            "delivery": forms.RadioSelect,
            "valid_from": DateInput(),
        }

    def clean_tier(self):
        """One tier, however its letters are written."""
        tiers = {fold(tier): tier for tier in Tariff.objects.values_list("tier", flat=True).distinct()}
        return tiers.get(fold(self.cleaned_data["tier"]), self.cleaned_data["tier"])

    def clean(self):
        day, known = self.cleaned_data.get("valid_from"), {}
        if "tier" in self.cleaned_data and "delivery" in self.cleaned_data:
            known = Tariff.objects.filter(tier=self.cleaned_data["tier"], delivery=self.cleaned_data["delivery"])
        if day and (day < clock.today() or (day == clock.today() and known)):
            self.add_error("valid_from", _("From tomorrow on at the earliest: what was agreed today stays."))
        return super().clean()
