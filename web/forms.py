"""What forms share: typed text cleaned before it is judged, a field that Django does not have, and an action whose
refusal becomes an error of the form.
"""

import copy
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.db import DatabaseError, transaction

from records.refusals import Refused, sentence_for
from records.text import clean_lines, typographic

Result = TypeVar("Result")


class TypedText:
    """The half of a form that cleans what was typed, before any field judges how long it is and what it holds.

    A field that isn't stripped keeps its spaces, for texts with a typography of their own; its letters are composed.
    """

    is_bound: bool
    data: Any
    fields: dict[str, forms.Field]
    add_prefix: Callable[[str], str]

    def full_clean(self) -> None:
        """Clean the texts, then do as every form does."""
        if self.is_bound:
            self.data = self._cleaned()
        super().full_clean()  # type: ignore[misc]  # the form's

    def _cleaned(self) -> Any:
        cleaned = copy.copy(self.data)  # what the browser sent can't be written to
        for name, field in self.fields.items():
            typed = self.data.get(self.add_prefix(name))
            if isinstance(field, forms.CharField) and isinstance(typed, str):
                text = clean_lines(typed) if field.strip else unicodedata.normalize("NFC", typed)
                if text != typed:
                    cleaned[self.add_prefix(name)] = text
        return cleaned


class Form(TypedText, forms.Form):
    """Django's, with what was typed cleaned."""


class ModelForm(TypedText, forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker only
    """Django's, with what was typed cleaned."""


class DateInput(forms.DateInput):
    """A day, chosen in the browser's calendar, which is sent and prefilled as ISO writes it."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class NameField(forms.CharField):
    """An organisation's name, kept with the apostrophe of print whichever was typed."""

    def to_python(self, value: Any) -> str:
        return typographic(super().to_python(value) or "")


class _WithLines:
    """Choices with consequences, each a whole row with a small line under its label: `(value, label, help)`."""

    def __init__(self, *, choices: Iterable[tuple[str, Any, Any]], **options: Any) -> None:
        rows = list(choices)
        super().__init__(choices=[(value, label) for value, label, _help in rows], **options)  # type: ignore[call-arg]
        self.choice_help = {str(value): small for value, _label, small in rows}


class RowChoiceField(_WithLines, forms.ChoiceField):
    """One of a few choices, each a row."""

    widget = forms.RadioSelect


class RowsChoiceField(_WithLines, forms.MultipleChoiceField):
    """Several of a few choices, each a row."""

    widget = forms.CheckboxSelectMultiple


def attempt(form: forms.BaseForm, action: Callable[[], Result], *, field: str | None = None) -> Result | None:
    """Do the action in a transaction and give back what it gives; None, with an error in the form, if it is refused."""
    try:
        with transaction.atomic():
            return action()
    except (Refused, DatabaseError) as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        form.add_error(field, str(sentence))
    return None
