"""The steps of a request as its timeline, told for the reader's side."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.status import LOOKS

from .models import DeclineReason
from .next import still_to_come

TITLES = {
    "receive": gettext_lazy("Received"),
    "release": gettext_lazy("Laptop taken back"),
    "billed": gettext_lazy("On the invoice"),
    "paid": gettext_lazy("Invoice paid"),
}


def story(device_request, steps, *, user):
    """Rows for the timeline: what happened, what is now, what comes."""
    rows = [
        {
            "title": TITLES.get(step.verb) or LOOKS["request", step.to_status].word,
            "at": step.at,
            "text": " ".join(_words(step, user)),
            "url": _url(step),
            "state": "past",
        }
        for step in steps
    ]
    if rows:
        rows[-1]["state"] = "now"
    ahead = still_to_come(device_request.status)
    return rows + [{"title": LOOKS["request", status].word, "state": "next"} for status in ahead]


def _url(step):
    """Where a step leads: to the parcel, which everybody who reads the request may open."""
    parcel = step.numbers.get("parcel")
    return reverse("shipping:by_label", args=[parcel]) if parcel else ""


def _words(step, user):
    """The sentences of a step; a partner reads the names of its own people only."""
    if step.by and (not user.acting_for or step.on_behalf_of):
        yield _("By %(name)s.") % {"name": step.by}
    elif step.by:
        yield _("By the association.")
    if step.reason in DeclineReason.values:
        yield f"{DeclineReason(step.reason).label}."
    if device := step.numbers.get("device"):
        yield _("Laptop %(number)s.") % {"number": device}
    if parcel := step.numbers.get("parcel"):
        yield _("Parcel %(number)s.") % {"number": parcel}
    if invoice := step.numbers.get("invoice") or (step.verb == "billed" and step.numbers.get("number")):
        yield _("Invoice %(number)s.") % {"number": invoice}
