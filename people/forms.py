"""Running an action from a form: the one place where a refusal becomes an error beside what was typed."""

from django.db import IntegrityError, transaction

from .lifecycle import Refused, refusal_for


def attempt(form, deed, *, field=None):
    """Do the deed in a transaction and give back what it gives; None, with an error in the form, if it is refused."""
    try:
        with transaction.atomic():
            return deed()
    except Refused as refusal:
        form.add_error(field, str(refusal))
    except IntegrityError as error:
        sentence = refusal_for(error)
        if sentence is None:
            raise
        form.add_error(field, str(sentence))
    return None
