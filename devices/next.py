"""What comes next for a device: one table, for every page."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Next(NamedTuple):
    """The deed in a few words, a sentence on what to expect, and the page of the deed with its button."""

    deed: Any
    sentence: Any
    page: str = ""
    action: Any = ""


ERASE = Next(
    _("Erase its drives"),
    _("Every drive is erased before anything else happens to the laptop."),
    "devices:record_erasure",
    _("Record the erasure"),
)
CHECK = Next(
    _("Check it"),
    _("Go through the checklist, give a grade, put it on a shelf."),
    "devices:mark_ready",
    _("Go through the checklist"),
)
NEXT = {
    "received": ERASE,
    "erased": CHECK,
    "ready": Next(_("Waits on its shelf"), _("It goes to the next request that it suits.")),
    "reserved": Next(_("Is packed and sent"), _("It is kept for a request and goes out in the next round.")),
    "shipped": Next(_("On its way"), _("It has left the house. Nothing to do here.")),
    "returned": Next(_("Decide on the return"), _("It came back. Dispatch decides whether it starts over.")),
    "repair": Next(_("Repair, then check"), _("Once repaired it goes through the checklist."), *CHECK[2:]),
    "missing": Next(_("Look for it"), _("It was not in its place. Give it to dispatch when you find it.")),
    "lost": Next(_("Look for the parcel"), _("Dispatch asks Swiss Post where the parcel is.")),
    "passed_on": Next(_("Closed"), _("It was passed on. Nothing is left to do.")),
    "scrapped": Next(_("Closed"), _("It was scrapped. Nothing is left to do.")),
}
WAYS = ("received", "erased", "ready", "reserved", "shipped")


def next_for(device):
    """The row of the table that holds now; needs `with_open_drives`."""
    return ERASE if device.takes_erasures and device.has_open_drives else NEXT[device.status]


def url_of_next(device):
    """The page of the next deed; the device's own page where nothing is to be done."""
    page = next_for(device).page
    return reverse(page, args=[device.number]) if page else device.get_absolute_url()


def still_to_come(status):
    """The stations ahead on the plain way; none once it has left that way."""
    return WAYS[WAYS.index(status) + 1 :] if status in WAYS else ()
