"""The steps of a device as its timeline."""

from django.urls import reverse
from django.utils.translation import gettext as _

from web.timeline import rows_for


def timeline(device, steps, *, with_requests):
    """Rows for the timeline; requests are named, and linked, only to who may open them."""

    def about(step):
        return {"text": " ".join(_words(step, with_requests)), "url": _request_url(step) if with_requests else ""}

    return rows_for(device, steps, about)


def _words(step, with_requests):
    if step.by:
        yield _("By %(name)s.") % {"name": step.by}
    if with_requests and (request := step.numbers.get("request")):
        yield _("Request %(number)s.") % {"number": request}


def _request_url(step):
    request = step.numbers.get("request")
    return reverse("requests:detail", args=[request]) if request else ""
