"""Several received requests examined and approved together."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.access import social_worker_required
from requests.bulk import approve_many as approve_each
from requests.bulk import try_to_approve
from requests.models import DeviceRequest
from requests.tables import SHOWN, approval_columns, approval_picks

AT_MOST = 100  # on the page, oldest first


@social_worker_required
def approve_many(request):
    """The received ones, to tick; then number, cost and what can't be approved; then they are approved."""
    received = (
        DeviceRequest.objects.visible_to(request.user).filter(status=DeviceRequest.Status.RECEIVED).order_by("pk")
    )
    if request.method != "POST":
        rows = list(received.select_related("recipient", "partner").only(*SHOWN, "delivery", "purpose")[:AT_MOST])
        return render(
            request,
            "requests/approve_many.html",
            {"rows": rows, "columns": approval_columns(), "picks": approval_picks()},
        )
    numbers = request.POST.getlist("number")[:AT_MOST]
    chosen = list(DeviceRequest.objects.visible_to(request.user).filter(number__in=numbers).order_by("pk"))
    if not chosen:
        messages.info(request, _("Nothing was ticked."))
        return redirect("requests:approve_many")
    if "sure" not in request.POST:
        found = try_to_approve(chosen, by=request.user)
        return render(request, "requests/approve_chosen.html", {"found": found})
    found = approve_each(chosen, by=request.user)
    if found.requests:
        words = ngettext("%(count)s request is approved.", "%(count)s requests are approved.", len(found.requests))
        messages.success(request, words % {"count": len(found.requests)})
    for device_request, sentence in found.refused:
        messages.warning(request, f"{device_request.title}: {sentence}")
    return redirect("requests:list")
