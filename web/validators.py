"""What a name may hold, of people and of organisations: it stands in mails from our address."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # line breaks, control signs, and those that turn the direction of writing


def validate_plain_name(text: str) -> None:
    """Refuse what could pass for more than a name; a validator for forms and serializers."""
    if "<" in text or "://" in text or any(unicodedata.category(sign) in UNSEEN for sign in text):
        raise ValidationError(_("A name has no line breaks or invisible signs, no “<” and no web address."))
