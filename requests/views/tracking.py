"""The link that an organisation gives to a person: open, on paper, replaced, closed."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents import views as documents
from documents.barcodes import qr_path
from partners.access import social_worker_required
from partners.views.progress import pdf_progress
from requests import tracking as actions
from requests.models import TrackingLink

from .record import fetch


@social_worker_required
def tracking(request, number):
    """The link with its code and paper, or how to open one."""
    device_request = fetch(request, number)
    link = _open_link(request, device_request)
    context = {"device_request": device_request, "link": link, "retention_days": settings.RETENTION_DAYS}
    if link:
        address = actions.address_of(link)
        path, side = qr_path(address)
        context |= {"address": address, "path": path, "side": side}
    return render(request, "requests/tracking.html", context)


@require_POST
@social_worker_required
def open_tracking_link(request, number):
    device_request = fetch(request, number)
    actions.open_tracking_link(device_request, by=request.user)
    messages.success(request, _("The page is open. Print the paper, or give the address to the person."))
    return redirect("requests:tracking", number)


@social_worker_required
def replace_tracking_link(request, number):
    """Put a new link in the old one's place; the page says first what that does."""
    return _ask_first(request, number, "replace", actions.replace_tracking_link, _("Replaced. Print the paper anew."))


@social_worker_required
def close_tracking_link(request, number):
    """Show nothing by the link any more; the page says first what that does."""
    return _ask_first(request, number, "close", actions.close_tracking_link, _("Closed. It shows nothing now."))


@social_worker_required
def tracking_slip(request, number):
    """The paper as PDF, once its job has made it."""
    device_request = fetch(request, number)
    link = _open_link(request, device_request)
    if link is None:
        raise Http404
    is_made = actions.plan_slip(link)
    if is_made and not request.htmx:
        return documents.send(link.slip)
    progress = pdf_progress("slip", request.path, link, kind=actions.MAKE_SLIP, is_made=is_made)
    context = {"device_request": device_request, **progress}
    return render(request, "partners/_pdf_progress.html" if request.htmx else "requests/tracking_slip.html", context)


def _ask_first(request, number, what, action, told):
    device_request = fetch(request, number)
    link = _open_link(request, device_request)
    if link is None:
        return redirect("requests:tracking", number)
    if request.method == "POST":
        action(link, by=request.user)
        messages.success(request, told)
        return redirect("requests:tracking", number)
    context = {"device_request": device_request, "is_replaced": what == "replace"}
    return render(request, "requests/end_tracking_link.html", context)


def _open_link(request, device_request):
    links = TrackingLink.objects.visible_to(request.user).open()
    return links.filter(request=device_request).select_related("slip", "request").first()
