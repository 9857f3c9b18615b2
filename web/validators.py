"""What a name may hold, of people and of organisations: it stands in mails from our address."""

import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from records.text import with_numbers

UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # line breaks, control signs, and those that turn the direction of writing


JOINERS = "\u200c\u200d"  # shape the letters of Persian and of several Indic scripts
WITHOUT_JOINERS = ("LATIN", "GREEK", "CYRILLIC")


def validate_plain_name(text: str) -> None:
    """Refuse what could pass for more than a name; a validator for forms and serializers."""
    if unseen := "".join(dict.fromkeys(_unseen_in(text))):
        words = {"signs": with_numbers(unseen)}
        raise ValidationError(_("A name has no line breaks or invisible signs. Take out %(signs)s.") % words)
    if "<" in text or "://" in text:
        raise ValidationError(_("A name has no line breaks or invisible signs, no “<” and no web address."))


def _unseen_in(text: str) -> Iterator[str]:
    """Signs that draw nothing, but for a joiner between two letters that it shapes."""
    for before, sign, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if unicodedata.category(sign) in UNSEEN and not (sign in JOINERS and _is_shaped(before) and _is_shaped(after)):
            yield sign


def _is_shaped(sign: str) -> bool:
    """Whether this is a letter, or a mark on one, of a script whose letters a joiner may shape."""
    return unicodedata.category(sign)[0] in "LM" and not unicodedata.name(sign, "").startswith(WITHOUT_JOINERS)
