"""What forms share: a field that Django does not have, and an action whose refusal becomes an error of the form."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.db import DatabaseError, transaction

from records.refusals import Refused, sentence_for

Result = TypeVar("Result")


class RowChoiceField(forms.ChoiceField):
    """One of a few choices with consequences, each a whole row with a small line under its label.

    Choices are `(value, label, help)`.
    """

    widget = forms.RadioSelect

    def __init__(self, *, choices: Iterable[tuple[str, Any, Any]], **options: Any) -> None:
        rows = list(choices)
        super().__init__(choices=[(value, label) for value, label, _help in rows], **options)
        self.choice_help = {str(value): small for value, _label, small in rows}


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
