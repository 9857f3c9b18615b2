from collections import Counter

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from devices.models import Device
from people.access import dispatcher_required
from requests import actions
from requests.matching import GRADES, MEMORY_GB, Laptop, Wish, propose
from requests.models import DeviceRequest
from requests.tables import MATCHED, SHOWN_IN_QUEUE, laptops_for, queue_for
from web.counts import count_each, in_words
from web.pagination import paginate, paginate_by

from .record import fetch

COUNTED = 1000  # requests or laptops at most, then it is "999+"


@dispatcher_required
def queue(request):
    """The waiting requests in their turn, each with the laptop proposed for it, and why."""
    queued = DeviceRequest.objects.visible_to(request.user).queued()
    ready = Device.objects.visible_to(request.user).ready()
    page = paginate_by("approved_at", queued.select_related("partner").only(*SHOWN_IN_QUEUE), request.GET)
    counts = count_each({"waiting": queued, "ready": ready}, limit=COUNTED)
    lines = _lines(page, queued, ready)
    context = {
        "lines": lines,
        "columns": queue_for(get_token(request)),
        "page": page,
        "waiting": in_words(counts["waiting"], COUNTED),
        "is_whole": counts["waiting"] == len(lines),
        "matched": sum(1 for line in lines if line["device"]),
        "ready": in_words(counts["ready"], COUNTED),
    }
    return render(request, "requests/queue.html", context)


def _lines(page, queued, ready):
    """Each request of a page with its proposal; what the pages before it are given is not given once more."""
    turns = _turns_before(page, queued)
    devices = _devices_for(page.rows, turns, ready)
    wishes = [Wish(row.pk, row.system, row.keyboard) for row in page.rows]
    laptops = [Laptop(row.pk, row.system, row.keyboard, row.memory_gb, row.grade) for row in devices.values()]
    stock = _stock(ready) if len(laptops) < len(wishes) else []
    return [
        {
            "request": row,
            "device": devices[proposal.laptop.key] if proposal.laptop else None,
            "reasons": proposal.reasons,
        }
        for row, proposal in zip(page.rows, propose(wishes, laptops, stock), strict=True)
    ]


def _turns_before(page, queued):
    """How many requests of each system and keyboard come before a page."""
    if not page.previous_url or not page.rows:
        return {}
    first = page.rows[0]
    earlier = queued.filter(Q(approved_at__lt=first.approved_at) | Q(approved_at=first.approved_at, pk__lt=first.pk))
    kinds = earlier.order_by().values_list("system", "keyboard").annotate(Count("pk"))
    return {(system, keyboard): count for system, keyboard, count in kinds}


def _devices_for(rows, turns, ready):
    """The laptops whose turn it is on a page, by key: one query, of what suits the plainest first."""
    shelves = []
    for (system, keyboard), number in Counter((row.system, row.keyboard) for row in rows).items():
        suits = _suiting(ready, system, keyboard)
        first = turns.get((system, keyboard), 0)
        shelves.append(suits.only(*MATCHED).order_by("memory_gb", "grade", "pk")[first : first + number])
    return {device.pk: device for device in shelves[0].union(*shelves[1:], all=True)} if shelves else {}


def _suiting(ready, system, keyboard):
    return ready.filter(system=system, keyboard=keyboard, memory_gb__gte=MEMORY_GB[system], grade__in=GRADES)


def _stock(ready):
    """Of each kind of laptop that is ready, the one that is here longest."""
    kinds = ready.order_by().values_list("system", "keyboard", "memory_gb", "grade").annotate(Min("pk"))
    return [Laptop(key, *kind) for *kind, key in kinds]


@dispatcher_required
def choose(request, number):
    """The ready laptops that suit a request, of which one is kept for it by hand."""
    device_request = fetch(request, number)
    ready = Device.objects.visible_to(request.user).ready()
    page = paginate(_suiting(ready, device_request.system, device_request.keyboard), request.GET)
    context = {
        "device_request": device_request,
        "page": page,
        "columns": laptops_for(device_request, get_token(request)),
        "may_allocate": device_request.allows("allocate"),
    }
    return render(request, "requests/choose.html", context)


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
