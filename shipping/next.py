"""What a parcel waits for, by its stage, and who acts: one table, for every page."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Next(NamedTuple):
    """Who acts (association, post or nobody), the deed in a few words, and a sentence on it."""

    actor: str
    deed: Any
    sentence: Any


NEXT = {
    "withdrawn": Next(
        "association", _("Take it out"), _("The request no longer has this laptop. The parcel must not go out.")
    ),
    "packing": Next("nobody", _("The label is being made"), _("This takes a few seconds.")),
    "labelled": Next(
        "association", _("Close the parcel"), _("Print the label. Then scan it, and the laptop that goes inside.")
    ),
    "closed": Next("association", _("Hand it over"), _("Label and laptop belong together. It waits for Swiss Post.")),
    "handed_over": Next("post", _("Swiss Post delivers"), _("The parcel is on its way.")),
    "delivered": Next("nobody", _("Closed"), _("The parcel has arrived.")),
    "returned": Next("association", _("Decide on the return"), _("The parcel came back.")),
    "lost": Next("association", _("Look for the parcel"), _("Nobody knows where the parcel is.")),
    "cancelled": Next("nobody", _("Closed"), _("The parcel was taken out. Its label must not be used.")),
}

WAYS = ("packing", "labelled", "closed", "handed_over", "delivered")


def still_to_come(stage):
    """The stages ahead on the plain way; none once the parcel has left that way."""
    return WAYS[WAYS.index(stage) + 1 :] if stage in WAYS else ()
