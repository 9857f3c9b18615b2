"""The way of a request from the first word to the doorstep."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.status import Look, Move, Next, Note, Status


class RequestStatus(Status):
    RECEIVED = (
        "received",
        Look(pgettext_lazy("request", "Received"), "wait", "inbox-fill"),
        Next(
            "partner",
            _("The organisation decides"),
            _("The organisation examines the request and approves or declines it."),
            _("Examine and decide"),
            _("Examine the request by your own rules, then approve or decline it."),
            own_action=_("Your organisation decides"),
            own_sentence=_("Your organisation examines the request and approves or declines it."),
        ),
    )
    APPROVED = (
        "approved",
        Look(pgettext_lazy("request", "Approved"), "work", "check-lg"),
        Next(
            "association",
            _("A laptop is matched"),
            _("The association matches a laptop, the oldest approval first."),
            _("Allocate a laptop"),
            _("The oldest approval comes first."),
            page="requests:queue",
        ),
    )
    ALLOCATED = (
        "allocated",
        Look(pgettext_lazy("request", "Allocated"), "work", "laptop"),
        Next(
            "association",
            _("Is packed and sent"),
            _("The laptop is kept and goes out in the next round."),
            _("Pack and post it"),
            _("The laptop is kept for this request."),
            page="shipping:list",
        ),
    )
    SHIPPED = (
        "shipped",
        Look(pgettext_lazy("request", "Shipped"), "move", "truck"),
        Next("post", _("Swiss Post delivers"), _("The parcel is on its way.")),
    )
    DELIVERED = (
        "delivered",
        Look(pgettext_lazy("request", "Delivered"), "done", "check-circle-fill"),
        Next("nobody", _("Closed"), _("The parcel has arrived.")),
    )
    DECLINED = (
        "declined",
        Look(pgettext_lazy("request", "Declined"), "stop", "x-circle"),
        Next(
            "nobody",
            _("Closed"),
            _("The organisation declined the request."),
            own_sentence=_("Your organisation declined the request."),
        ),
    )
    REJECTED = (
        "rejected",
        Look(pgettext_lazy("request", "Rejected"), "stop", "slash-circle"),
        Next("nobody", _("Closed"), _("The association rejected the request.")),
    )
    WITHDRAWN = (
        "withdrawn",
        Look(pgettext_lazy("request", "Withdrawn"), "none", "arrow-counterclockwise"),
        Next("nobody", _("Closed"), _("The request was taken back.")),
    )
    RETURNED = (
        "returned",
        Look(pgettext_lazy("request", "Returned"), "wait", "arrow-return-left"),
        Next(
            "association",
            _("The association calls"),
            _("The parcel came back. The association calls the organisation and asks where to send it."),
            _("Call the organisation"),
            _("The parcel came back. Call the organisation and ask where to send it."),
            own_action=_("The association calls you"),
            own_sentence=_("The parcel came back. The association calls you and asks where to send it."),
        ),
    )
    LOST = (
        "lost",
        Look(pgettext_lazy("request", "Lost"), "stop", "question-octagon-fill"),
        Next(
            "association",
            _("The parcel is looked for"),
            _("The association asks Swiss Post where the parcel is, and calls the organisation."),
            _("Look for the parcel"),
            _("Ask Swiss Post where the parcel is, and call the organisation."),
            own_sentence=_("The association asks Swiss Post where the parcel is, and calls you."),
        ),
    )


S = RequestStatus
MOVES = {
    "approve": Move({S.RECEIVED}, S.APPROVED),
    "decline": Move({S.RECEIVED}, S.DECLINED),
    "send_back": Move({S.APPROVED}, S.RECEIVED, _("Sent back to the organisation")),  # by the association
    "withdraw": Move({S.RECEIVED, S.APPROVED, S.ALLOCATED}, S.WITHDRAWN),  # by the organisation, until hand-over
    "reject": Move({S.APPROVED, S.ALLOCATED}, S.REJECTED),  # by the association
    "allocate": Move({S.APPROVED}, S.ALLOCATED),
    "release": Move({S.ALLOCATED}, S.APPROVED, _("Laptop taken back")),
    "ship": Move({S.ALLOCATED}, S.SHIPPED),
    "undo_ship": Move({S.SHIPPED}, S.ALLOCATED),
    "record_delivery": Move({S.SHIPPED, S.LOST}, S.DELIVERED),
    "record_loss": Move({S.SHIPPED}, S.LOST),
    "record_return": Move({S.SHIPPED, S.LOST, S.DELIVERED}, S.RETURNED),
    "requeue": Move({S.LOST, S.RETURNED}, S.APPROVED, _("Another laptop is sent")),
    "give_up": Move({S.LOST, S.RETURNED}, S.WITHDRAWN, _("Nothing more is sent")),  # by the association
}
NOTES = {
    "receive": Note(_("Received")),
    "complete": Note(_("Completed")),
    "correct": Note(_("Corrected")),
    "take_over": Note(_("Taken over from another organisation")),
    "open_tracking_link": Note(_("Page for the person opened")),
    "replace_tracking_link": Note(_("Page for the person replaced")),
    "close_tracking_link": Note(_("Page for the person closed")),
    "billed": Note(_("On the invoice")),
    "paid": Note(_("Invoice paid")),
}
WAY = (S.RECEIVED, S.APPROVED, S.ALLOCATED, S.SHIPPED, S.DELIVERED)
TO_LEAVE = (S.APPROVED, S.ALLOCATED)  # with a laptop or still without one
ON_THE_WAY = (S.APPROVED, S.ALLOCATED, S.SHIPPED)
ENDED_UNSENT = (S.DECLINED, S.REJECTED, S.WITHDRAWN)  # nothing is charged
CORRECTABLE = (S.RECEIVED, S.APPROVED)  # as a whole; once a laptop is kept, where the parcel goes
RESTING = (S.RECEIVED, S.APPROVED)  # while the organisation is not active
PAUSED = Next(
    "",
    _("Paused"),
    _("The organisation is suspended: its requests pause until that is settled."),
    own_sentence=_("Your organisation is suspended: its requests pause until that is settled."),
)
RESTS = Next(
    "",
    _("Rests"),
    _("The organisation takes part no longer. The association decides what becomes of it."),
    own_sentence=_("Your organisation takes part no longer. The association decides what becomes of the request."),
)
