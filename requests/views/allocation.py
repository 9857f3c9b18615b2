from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from devices.models import Device
from people.access import dispatcher_required
from requests import actions
from requests.matching import Laptop, Wish, propose
from requests.models import DeviceRequest
from requests.reasons import SUITS, WAITS
from web.pagination import MANY

from .record import fetch


@dispatcher_required
def queue(request):
    """Each waiting request in its turn with the laptop proposed for it, and why."""
    queued = DeviceRequest.objects.visible_to(request.user).queued()
    waiting = list(queued.select_related("partner")[:MANY])
    ready = {device.pk: device for device in Device.objects.visible_to(request.user).ready().order_by("pk")}
    wishes = [Wish(row.pk, row.system, row.keyboard) for row in waiting]
    laptops = [Laptop(row.pk, row.system, row.keyboard, row.memory_gb, row.grade) for row in ready.values()]
    lines = [
        {
            "request": row,
            "device": ready[proposal.laptop.key] if proposal.laptop else None,
            "reasons": [(SUITS if proposal.laptop else WAITS)[code] for code in proposal.reasons],
        }
        for row, proposal in zip(waiting, propose(wishes, laptops), strict=True)
    ]
    matched = sum(1 for line in lines if line["device"])
    context = {"lines": lines, "waiting": queued.count(), "matched": matched, "ready": len(ready)}
    return render(request, "requests/queue.html", context)


@require_POST
@dispatcher_required
def allocate(request, number):
    """Keep a laptop for a request: 201 with the allocation for programs, the queue for people."""
    device_request = fetch(request, number)
    device = get_object_or_404(
        Device.objects.visible_to(request.user), number=request.POST.get("device", "").replace("\0", "").strip().upper()
    )
    allocation = actions.allocate(device_request, device, by=request.user)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"allocation": allocation.pk}, status=201)
    words = {"device": device, "number": device_request}
    messages.success(request, _("%(device)s is kept for %(number)s.") % words)
    return redirect("requests:queue")


@require_POST
@dispatcher_required
def release(request, number):
    device_request = fetch(request, number)
    actions.release(device_request, by=request.user)
    messages.success(request, _("%(number)s is back in the queue, at its old place.") % {"number": device_request})
    return redirect(device_request)
