"""Communes: which an organisation speaks for, and for whom."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.communes import communes_in, unknown_in
from partners.models import Commune
from web.forms import Form
from web.pagination import parse_key


class CommunesMixin:
    """Fields to choose communes by what one knows of them; "find" shows what was found, and ticks what is certain."""

    def offer_communes(self):
        """Show the communes that were found, and those that are ticked."""
        found = communes_in(self["area"].value() or self.first_guess())
        ticked = [parse_key(str(value)) for value in self["communes"].value() or []]
        shown = {commune.pk: commune for commune in [*found, *Commune.objects.live().filter(pk__in=ticked)]}
        self.fields["communes"].choices = [(pk, str(commune)) for pk, commune in shown.items()]

    def first_guess(self):
        """What to look for while nothing is typed in the field itself."""
        return (self["postcode"].value() or "") if "postcode" in self.fields else ""

    def clean_area(self):
        area = self.cleaned_data["area"]
        if unknown := unknown_in(area):
            raise forms.ValidationError(_("No commune fits “%(what)s”.") % {"what": unknown[0]})
        return area

    @property
    def unknown(self):
        """What was typed for the communes that none fits, while the form is still being written."""
        return [] if self.is_bound else unknown_in(self["area"].value() or "")


def area_field():
    return forms.CharField(
        label=_("Its communes"),
        help_text=_("Names, postcodes or BFS numbers, with commas between them: Burgdorf, 3432, 411."),
        required=False,
        max_length=1000,
    )


def postcode_field():
    return forms.RegexField(
        r"\A[0-9]{4}\Z", label=_("Postcode"), strip=True, error_messages={"invalid": _("Four digits, like 3400")}
    )


def communes_field():
    return forms.ModelMultipleChoiceField(
        label=_("It speaks for"), queryset=Commune.objects.live(), required=False, widget=forms.CheckboxSelectMultiple
    )


class CoverageForm(CommunesMixin, Form):
    area = area_field()
    communes = communes_field()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.offer_communes()


class ForWhomForm(Form):
    for_whom = forms.CharField(
        label=_("For whom"), help_text=_("For example: social assistance, asylum."), max_length=60, required=True
    )
