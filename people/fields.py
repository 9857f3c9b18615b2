"""Form fields in our look that Django does not have."""

from django import forms


class RowChoiceField(forms.ChoiceField):
    """One of a few choices with consequences, each a whole row with a small line under its label.

    Choices are `(value, label, help)`.
    """

    widget = forms.RadioSelect

    def __init__(self, *, choices, **options):
        rows = list(choices)
        super().__init__(choices=[(value, label) for value, label, _help in rows], **options)
        self.choice_help = {str(value): small for value, _label, small in rows}
