"""What comes next for a request and who acts: one table, for every page."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner


class Next(NamedTuple):
    """Who acts; deed and sentence for everybody else; both for who acts, with the page where it is done.

    `actor` is partner, association, post, nobody (it has ended) or empty (it rests). No `page`: the request's own.
    """

    actor: str
    deed: Any
    sentence: Any
    your_deed: Any = ""
    your_sentence: Any = ""
    page: str = ""


NEXT = {
    "received": Next(
        "partner",
        _("The organisation decides"),
        _("The organisation examines the request and approves or declines it."),
        _("Examine and decide"),
        _("Examine the request by your own rules, then approve or decline it."),
    ),
    "approved": Next(
        "association",
        _("A laptop is matched"),
        _("The association matches a laptop, the oldest approval first."),
        _("Allocate a laptop"),
        _("The oldest approval comes first."),
        "requests:queue",
    ),
    "allocated": Next(
        "association",
        _("Is packed and sent"),
        _("The laptop is kept and goes out in the next round."),
        _("Pack and post it"),
        _("The laptop is kept for this request."),
        "shipping:list",
    ),
    "shipped": Next("post", _("Swiss Post delivers"), _("The parcel is on its way.")),
    "delivered": Next("nobody", _("Closed"), _("The parcel has arrived.")),
    "declined": Next("nobody", _("Closed"), _("The organisation declined the request.")),
    "rejected": Next("nobody", _("Closed"), _("The association rejected the request.")),
    "withdrawn": Next("nobody", _("Closed"), _("The organisation took the request back.")),
    "returned": Next(
        "association",
        _("The association calls"),
        _("The parcel came back. The association settles by phone with the organisation where it should go."),
        _("Call the organisation"),
        _("The parcel came back. Settle by phone with the organisation where it should go."),
    ),
    "lost": Next(
        "association",
        _("The parcel is looked for"),
        _("The association asks Swiss Post where the parcel is, and calls the organisation."),
        _("Look for the parcel"),
        _("Ask Swiss Post where the parcel is, and call the organisation."),
    ),
}
STATUSES = {side: [key for key, row in NEXT.items() if row.actor == side] for side in ("partner", "association")}
RESTING = ("received", "approved")  # while the organisation is not active
PAUSED = Next("", _("Paused"), _("The organisation is suspended: its requests pause until that is settled."))


def next_for(device_request):
    """The row of the table that holds now."""
    if device_request.status in RESTING and not device_request.partner.is_active:
        return PAUSED
    return NEXT[device_request.status]


def acts(step, user):
    """Whether it is this reader's turn."""
    return step.actor == _side(user)


def needing(found, user):
    """Those of these requests in which it is this reader's turn."""
    rest = Q(status__in=RESTING) & ~Q(partner__status=Partner.Status.ACTIVE)
    return found.filter(status__in=STATUSES[_side(user)]).exclude(rest)


def _side(user):
    return "partner" if user.acting_for else "association"


WAYS = ("received", "approved", "allocated", "shipped", "delivered")


def still_to_come(status):
    """The stations ahead on the plain way; none once it has left that way."""
    return WAYS[WAYS.index(status) + 1 :] if status in WAYS else ()
