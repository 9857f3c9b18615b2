"""How each status of each life cycle is shown: one table, for every page."""

from typing import Any, NamedTuple

from django.utils.translation import pgettext_lazy


class Look(NamedTuple):
    """A pill's family of colour, its icon and its word.

    Tones: wait = a person must act, work = in hand, move = under way outside, done, stop = ended badly or
    blocked, none = neutral or over. The word is marked per noun: French and Italian agree with it.
    """

    tone: str
    icon: str
    word: Any


LOOKS: dict[tuple[str, str], Look] = {
    ("partner", "applied"): Look("wait", "inbox-fill", pgettext_lazy("partner", "Applied")),
    ("partner", "admitted"): Look("wait", "pen", pgettext_lazy("partner", "Admitted")),
    ("partner", "active"): Look("done", "check-circle-fill", pgettext_lazy("partner", "Active")),
    ("partner", "declined"): Look("stop", "x-circle", pgettext_lazy("partner", "Declined")),
    ("partner", "suspended"): Look("stop", "pause-circle", pgettext_lazy("partner", "Suspended")),
    ("partner", "ended"): Look("none", "archive", pgettext_lazy("partner", "Ended")),
    ("request", "received"): Look("wait", "inbox-fill", pgettext_lazy("request", "Received")),
    ("request", "approved"): Look("work", "check-lg", pgettext_lazy("request", "Approved")),
    ("request", "allocated"): Look("work", "laptop", pgettext_lazy("request", "Allocated")),
    ("request", "shipped"): Look("move", "truck", pgettext_lazy("request", "Shipped")),
    ("request", "delivered"): Look("done", "check-circle-fill", pgettext_lazy("request", "Delivered")),
    ("request", "declined"): Look("stop", "x-circle", pgettext_lazy("request", "Declined")),
    ("request", "rejected"): Look("stop", "slash-circle", pgettext_lazy("request", "Rejected")),
    ("request", "withdrawn"): Look("none", "arrow-counterclockwise", pgettext_lazy("request", "Withdrawn")),
    ("request", "returned"): Look("wait", "arrow-return-left", pgettext_lazy("request", "Returned")),
    ("request", "lost"): Look("stop", "question-octagon-fill", pgettext_lazy("request", "Lost")),
    ("device", "received"): Look("wait", "inbox-fill", pgettext_lazy("device", "Received")),
    ("device", "erased"): Look("work", "eraser-fill", pgettext_lazy("device", "Data erased")),
    ("device", "ready"): Look("done", "check-circle-fill", pgettext_lazy("device", "Ready")),
    ("device", "reserved"): Look("work", "bookmark-fill", pgettext_lazy("device", "Reserved")),
    ("device", "shipped"): Look("move", "truck", pgettext_lazy("device", "Shipped")),
    ("device", "returned"): Look("wait", "arrow-return-left", pgettext_lazy("device", "Returned")),
    ("device", "repair"): Look("work", "tools", pgettext_lazy("device", "In repair")),
    ("device", "missing"): Look("stop", "question-octagon-fill", pgettext_lazy("device", "Missing")),
    ("device", "lost"): Look("stop", "question-octagon-fill", pgettext_lazy("device", "Lost")),
    ("device", "passed_on"): Look("none", "box-arrow-right", pgettext_lazy("device", "Passed on")),
    ("device", "scrapped"): Look("none", "recycle", pgettext_lazy("device", "Scrapped")),
    ("round", "open"): Look("none", "pencil", pgettext_lazy("round", "Open")),
    ("round", "closed"): Look("work", "box-seam", pgettext_lazy("round", "Closed")),
    ("round", "handed_over"): Look("move", "truck", pgettext_lazy("round", "Handed over")),
    ("shipment", "packing"): Look("work", "box-seam", pgettext_lazy("shipment", "Packing")),
    ("shipment", "labelled"): Look("work", "upc", pgettext_lazy("shipment", "Labelled")),
    ("shipment", "handed_over"): Look("move", "truck", pgettext_lazy("shipment", "Handed over")),
    ("shipment", "delivered"): Look("done", "check-circle-fill", pgettext_lazy("shipment", "Delivered")),
    ("shipment", "returned"): Look("wait", "arrow-return-left", pgettext_lazy("shipment", "Returned")),
    ("shipment", "lost"): Look("stop", "question-octagon-fill", pgettext_lazy("shipment", "Lost")),
    ("shipment", "cancelled"): Look("none", "x-lg", pgettext_lazy("shipment", "Cancelled")),
    ("invoice", "draft"): Look("none", "pencil", pgettext_lazy("invoice", "Draft")),
    ("invoice", "open"): Look("work", "receipt", pgettext_lazy("invoice", "Open")),
    ("invoice", "partly_paid"): Look("wait", "circle-half", pgettext_lazy("invoice", "Partly paid")),
    ("invoice", "paid"): Look("done", "check-circle-fill", pgettext_lazy("invoice", "Paid")),
    ("invoice", "overdue"): Look("stop", "exclamation-triangle-fill", pgettext_lazy("invoice", "Overdue")),
    ("invoice", "credited"): Look("none", "arrow-counterclockwise", pgettext_lazy("invoice", "Credited")),
}
