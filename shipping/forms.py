from django import forms

from web.forms import Form


class ScanForm(Form):
    """One scan at the station; `label` is the parcel in hand, from the scan before."""

    code = forms.CharField(required=False, max_length=60)
    label = forms.CharField(required=False, max_length=30)


class HandOverForm(Form):
    """All parcels that were closed when the page was shown; without a time, all that are closed now."""

    closed_until = forms.DateTimeField(required=False)


class ProgressForm(Form):
    """Which labels a progress bar asks about."""

    batch = forms.UUIDField()
