"""The steps of a device as its timeline."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.status import LOOKS

from .next import still_to_come

TITLES = {"release": gettext_lazy("Free again"), "add_drive": gettext_lazy("Another drive found")}


def timeline(device, steps, *, with_requests):
    """Rows for the timeline; requests are named, and linked, only to who may open them."""
    rows = [
        {
            "title": TITLES.get(step.verb) or LOOKS["device", step.to_status].word,
            "at": step.at,
            "text": " ".join(_words(step, with_requests)),
            "url": _request_url(step) if with_requests else "",
            "state": "past",
        }
        for step in steps
    ]
    if rows:
        rows[-1]["state"] = "now"
    rows += [{"title": LOOKS["device", status].word, "state": "next"} for status in still_to_come(device.status)]
    return rows


def _words(step, with_requests):
    if step.by:
        yield _("By %(name)s.") % {"name": step.by}
    if with_requests and (request := step.numbers.get("request")):
        yield _("Request %(number)s.") % {"number": request}


def _request_url(step):
    request = step.numbers.get("request")
    return reverse("requests:detail", args=[request]) if request else ""
