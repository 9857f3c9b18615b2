"""What comes next for a request and who acts: one table, for every page."""

from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Next(NamedTuple):
    """Who acts, the deed in a few words, and a sentence on what to expect.

    `actor` is partner, association, post, nobody (it has ended) or empty (it rests).
    """

    actor: str
    deed: Any
    sentence: Any


NEXT = {
    "received": Next(
        "partner", _("Examine and decide"), _("The organisation examines the request and approves or declines it.")
    ),
    "approved": Next(
        "association", _("A laptop is matched"), _("The association matches a laptop, the oldest approval first.")
    ),
    "allocated": Next("association", _("Is packed and sent"), _("The laptop is kept and goes out in the next round.")),
    "shipped": Next("post", _("Swiss Post delivers"), _("The parcel is on its way. It can be followed by its number.")),
    "delivered": Next("nobody", _("Closed"), _("The parcel has arrived.")),
    "declined": Next("nobody", _("Closed"), _("The organisation declined the request.")),
    "rejected": Next("nobody", _("Closed"), _("The association rejected the request.")),
    "withdrawn": Next("nobody", _("Closed"), _("The organisation took the request back.")),
    "returned": Next(
        "association", _("Decide on the return"), _("The parcel came back. The association asks where it should go.")
    ),
    "lost": Next("association", _("Look for the parcel"), _("The association asks Swiss Post where the parcel is.")),
}
PAUSED = Next("", _("Paused"), _("The organisation is suspended: its requests pause until that is settled."))


def next_for(device_request):
    """The row of the table that holds now."""
    if device_request.status in ("received", "approved") and not device_request.partner.is_active:
        return PAUSED
    return NEXT[device_request.status]


def acts(step, user):
    """Whether it is this reader's turn."""
    return step.actor == ("partner" if user.acting_for else "association")


def words_for(device_request, user):
    """The deed for a list: "You: Examine and decide" when it is the reader's turn."""
    step = next_for(device_request)
    return gettext("You: %(deed)s") % {"deed": step.deed} if acts(step, user) else step.deed


WAYS = ("received", "approved", "allocated", "shipped", "delivered")


def still_to_come(status):
    """The stations ahead on the plain way; none once it has left that way."""
    return WAYS[WAYS.index(status) + 1 :] if status in WAYS else ()
