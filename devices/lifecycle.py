"""The way of a laptop through the workshop to somebody, and back."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.status import BACK, Look, Move, Next, Note, Status

ERASE = Next(
    "association",
    _("Erase its drives"),
    _("Every drive is erased before anything else happens to the laptop."),
    _("Record the erasure"),
    page="devices:record_erasure",
)


class DeviceStatus(Status):
    RECEIVED = "received", Look(pgettext_lazy("device", "Received"), "wait", "inbox-fill"), ERASE
    ERASED = (
        "erased",
        Look(pgettext_lazy("device", "Data erased"), "work", "eraser-fill"),
        Next(
            "association",
            _("Check it"),
            _("Go through the checklist, give a grade, put it on a shelf."),
            _("Go through the checklist"),
            page="devices:mark_ready",
        ),
    )
    READY = (
        "ready",
        Look(pgettext_lazy("device", "Ready"), "done", "check-circle-fill"),
        Next("association", _("Waits on its shelf"), _("It goes to the next request that it suits.")),
    )
    RESERVED = (
        "reserved",
        Look(pgettext_lazy("device", "Reserved"), "work", "bookmark-fill"),
        Next("association", _("Is packed and sent"), _("It is kept for a request and goes out in the next round.")),
    )
    SHIPPED = (
        "shipped",
        Look(pgettext_lazy("device", "Shipped"), "move", "truck"),
        Next("post", _("On its way"), _("It has left the house. Nothing to do here.")),
    )
    RETURNED = (
        "returned",
        Look(pgettext_lazy("device", "Returned"), "wait", "arrow-return-left"),
        Next("association", _("Decide on the return"), _("It came back. Dispatch decides whether it starts over.")),
    )
    REPAIR = (
        "repair",
        Look(pgettext_lazy("device", "In repair"), "work", "tools"),
        Next(
            "association",
            _("Repair, then check"),
            _("Once repaired it goes through the checklist."),
            _("Go through the checklist"),
            page="devices:mark_ready",
        ),
    )
    MISSING = (
        "missing",
        Look(pgettext_lazy("device", "Missing"), "stop", "question-octagon-fill"),
        Next("association", _("Look for it"), _("It was not in its place. Give it to dispatch when you find it.")),
    )
    LOST = (
        "lost",
        Look(pgettext_lazy("device", "Lost"), "stop", "question-octagon-fill"),
        Next("association", _("Look for the parcel"), _("Dispatch asks Swiss Post where the parcel is.")),
    )
    PASSED_ON = (
        "passed_on",
        Look(pgettext_lazy("device", "Passed on"), "none", "box-arrow-right"),
        Next("nobody", _("Closed"), _("It was passed on. Nothing is left to do.")),
    )
    SCRAPPED = (
        "scrapped",
        Look(pgettext_lazy("device", "Scrapped"), "none", "recycle"),
        Next("nobody", _("Closed"), _("It was scrapped. Nothing is left to do.")),
    )


S = DeviceStatus
MOVES = {
    "record_erasure": Move({S.RECEIVED, S.REPAIR}, S.ERASED),
    "add_drive": Move({S.ERASED, S.READY}, S.RECEIVED, _("Another drive found")),
    "mark_ready": Move({S.ERASED, S.REPAIR}, S.READY),
    "repair": Move({S.ERASED, S.READY, S.RESERVED}, S.REPAIR),
    "reserve": Move({S.READY}, S.RESERVED),
    "release": Move({S.RESERVED}, S.READY, _("Free again")),
    "ship": Move({S.RESERVED}, S.SHIPPED),
    "undo_ship": Move({S.SHIPPED}, S.RESERVED),
    "record_loss": Move({S.SHIPPED}, S.LOST),
    "record_delivery": Move({S.LOST}, S.SHIPPED),  # it arrived after all
    "record_return": Move({S.SHIPPED, S.LOST}, S.RETURNED),
    "start_over": Move({S.RETURNED}, S.RECEIVED),
    "report_missing": Move({S.RECEIVED, S.ERASED, S.READY, S.RESERVED, S.REPAIR}, S.MISSING),
    "find": Move({S.MISSING}, BACK),
    "pass_on": Move({S.READY}, S.PASSED_ON),
    "scrap": Move({S.RECEIVED, S.ERASED, S.READY, S.REPAIR, S.RETURNED}, S.SCRAPPED),
}
NOTES = {"receive": Note()}
WAY = (S.RECEIVED, S.ERASED, S.READY, S.RESERVED, S.SHIPPED)
GIVEN_AWAY = (S.SCRAPPED, S.PASSED_ON)  # its tag may come back with another laptop
OUT_OF_THE_HOUSE = (S.SHIPPED, S.LOST, *GIVEN_AWAY)
BEING_ERASED = (S.RECEIVED, S.REPAIR)  # where drives are erased, and may join
WITHOUT_OPEN_DRIVES = (S.ERASED, S.READY, S.RESERVED, S.SHIPPED, S.PASSED_ON)
GRADED = (S.READY, S.RESERVED)
