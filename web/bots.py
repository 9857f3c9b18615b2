"""Forms that anybody may send, and programs may not: no third party, nothing to solve for people."""

from django import forms
from django.core import signing

from records import clock

from .forms import Form

QUICKEST = 2  # seconds in which nobody has read a page and pressed a button
OLDEST = 24 * 3600  # seconds for which a page may lie open
SALT = "web.shown"


class ByAPersonForm(Form):
    """What fills in every field, or answers at once, is a program; `shown` says when the page was made."""

    website = forms.CharField(required=False)  # no person sees it
    shown = forms.CharField(required=False)

    @staticmethod
    def stamp() -> str:
        """When the page was made, so that it can't be made up."""
        return signing.dumps(int(clock.now().timestamp()), salt=SALT)

    def is_by_a_person(self) -> bool:
        if self.data.get("website"):
            return False
        try:
            shown = signing.loads(self.data.get("shown", ""), salt=SALT)
        except signing.BadSignature:
            return False
        return QUICKEST <= clock.now().timestamp() - shown <= OLDEST
