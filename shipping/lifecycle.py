"""The way of a round and of a parcel out of the house."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.status import Look, Move, Next, Note, Status


class RoundStatus(Status):
    OPEN = "open", Look(pgettext_lazy("round", "Open"), "none", "pencil")
    CLOSED = "closed", Look(pgettext_lazy("round", "Closed"), "work", "box-seam")
    HANDED_OVER = "handed_over", Look(pgettext_lazy("round", "Handed over"), "move", "truck")


ROUND_MOVES = {
    "close_round": Move({RoundStatus.OPEN}, RoundStatus.CLOSED),
    "reopen_round": Move({RoundStatus.CLOSED}, RoundStatus.OPEN),
    "hand_over_round": Move({RoundStatus.CLOSED}, RoundStatus.HANDED_OVER),
    "undo_hand_over_round": Move({RoundStatus.HANDED_OVER}, RoundStatus.CLOSED),
}


class ShipmentStatus(Status):
    PACKING = "packing", Look(pgettext_lazy("shipment", "Packing"), "work", "box-seam")
    LABELLED = "labelled", Look(pgettext_lazy("shipment", "Labelled"), "work", "upc")
    HANDED_OVER = "handed_over", Look(pgettext_lazy("shipment", "Handed over"), "move", "truck")
    DELIVERED = "delivered", Look(pgettext_lazy("shipment", "Delivered"), "done", "check-circle-fill")
    RETURNED = "returned", Look(pgettext_lazy("shipment", "Returned"), "wait", "arrow-return-left")
    LOST = "lost", Look(pgettext_lazy("shipment", "Lost"), "stop", "question-octagon-fill")
    CANCELLED = "cancelled", Look(pgettext_lazy("shipment", "Taken out"), "none", "x-lg")


S = ShipmentStatus
LABEL_MADE, PARCEL_CLOSED = _("Label made"), _("Parcel closed")
SHIPMENT_MOVES = {
    "make_label": Move({S.PACKING}, S.LABELLED, LABEL_MADE),
    "relabel": Move({S.LABELLED}, S.PACKING),
    "take_out": Move({S.PACKING, S.LABELLED}, S.CANCELLED, _("Taken out")),
    "hand_over": Move({S.LABELLED}, S.HANDED_OVER),
    "undo_hand_over": Move({S.HANDED_OVER}, S.LABELLED),
    "record_delivery": Move({S.HANDED_OVER, S.LOST}, S.DELIVERED),
    "record_loss": Move({S.HANDED_OVER}, S.LOST),
    "record_return": Move({S.HANDED_OVER, S.LOST, S.DELIVERED}, S.RETURNED),
}
SHIPMENT_NOTES = {
    "pack": Note(_("Parcel begun")),
    "close_parcel": Note(PARCEL_CLOSED),
    "void_labels": Note(_("Label thrown away")),
}
IN_HOUSE = (S.PACKING, S.LABELLED)
NEVER_OUT = (*IN_HOUSE, S.CANCELLED)
UNDECIDED = (S.RETURNED, S.LOST)  # until somebody says what becomes of its charge
PASSED_ON = (S.HANDED_OVER, S.DELIVERED)  # neither back nor lost
OUT = (S.HANDED_OVER, S.DELIVERED, S.RETURNED, S.LOST)


class ShipmentStage(Status):
    """What a parcel waits for: its status, but for what lies closed or withdrawn in the house."""

    WITHDRAWN = (
        "withdrawn",
        Look(_("Take it out"), "stop", "x-lg"),
        Next("association", _("Take it out"), _("The request no longer has this laptop. The parcel must not go out.")),
    )
    PACKING = "packing", S.PACKING.look, Next("nobody", _("The label is being made"), _("This takes a few seconds."))
    LABELLED = (
        "labelled",
        S.LABELLED.look._replace(word=LABEL_MADE),
        Next(
            "association", _("Close the parcel"), _("Print the label. Then scan it, and the laptop that goes inside.")
        ),
    )
    CLOSED = (
        "closed",
        S.LABELLED.look._replace(word=PARCEL_CLOSED),
        Next("association", _("Hand it over"), _("Label and laptop belong together. It waits for Swiss Post.")),
    )
    HANDED_OVER = (
        "handed_over",
        S.HANDED_OVER.look,
        Next("post", _("Swiss Post delivers"), _("The parcel is on its way.")),
    )
    DELIVERED = "delivered", S.DELIVERED.look, Next("nobody", _("Closed"), _("The parcel has arrived."))
    RETURNED = "returned", S.RETURNED.look, Next("association", _("Decide on the return"), _("The parcel came back."))
    LOST = "lost", S.LOST.look, Next("association", _("Look for the parcel"), _("Nobody knows where the parcel is."))
    CANCELLED = (
        "cancelled",
        S.CANCELLED.look,
        Next("nobody", _("Closed"), _("The parcel was taken out. Its label must not be used.")),
    )


SHIPMENT_WAY = (
    ShipmentStage.PACKING,
    ShipmentStage.LABELLED,
    ShipmentStage.CLOSED,
    ShipmentStage.HANDED_OVER,
    ShipmentStage.DELIVERED,
)
