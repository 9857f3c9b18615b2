"""The next round: who gets which laptop, kept in one press."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from people.access import dispatcher_required
from records import clock
from requests.models import DeviceRequest, RoundDate
from requests.rounds import Pair, allocate_round, proposed, waiting_for_round
from requests.tables import MATCHED, SHOWN_IN_QUEUE, round_columns, round_picks

AT_MOST = 5000  # requests and laptops that are looked at; a round is 50, in summer 200
TOLD = 10


@dispatcher_required
def next_round(request):
    """What fits into the next round, each request with its laptop; all that stay ticked are kept in one press."""
    if request.method == "POST":
        return _keep(request)
    day, room, taken = _next_room()
    lines, waiting = _lines(request.user, room - taken)
    context = {
        "lines": lines,
        "columns": round_columns(),
        "picks": round_picks(),
        "day": day,
        "room": room,
        "taken": taken,
        "waiting": waiting,
    }
    return render(request, "requests/round.html", context)


def _keep(request):
    typed = [value.split("_") for value in request.POST.getlist("pair")[:AT_MOST]]
    pairs = [Pair(*numbers) for numbers in typed if len(numbers) == len(Pair._fields)]
    kept, left_out = allocate_round(pairs, by=request.user)
    if kept:
        words = ngettext(
            "%(count)s laptop is kept for its request.", "%(count)s laptops are kept for their requests.", kept
        )
        messages.success(request, words % {"count": kept})
    elif not left_out:
        messages.info(request, _("Nothing was ticked, so nothing was kept."))
    if left_out:
        sentences = " ".join(each.sentence for each in left_out[:TOLD])
        words = ngettext("%(count)s was left out: %(why)s", "%(count)s were left out: %(why)s", len(left_out))
        messages.warning(request, words % {"count": len(left_out), "why": sentences})
    return redirect("shipping:list" if kept and not left_out else "requests:round")


def _next_room():
    """The first day with room left, how many it holds, and how many of these are kept already."""
    before = waiting_for_round()
    for day, room in RoundDate.objects.calendar().after(clock.today()):
        if before < room:
            return day, room, before
        before -= room


def _lines(user, room):
    """The requests that get a laptop, oldest approval first, as many as fit; and how many others wait."""
    queued = DeviceRequest.objects.visible_to(user).queued()
    proposals = proposed(queued, Device.objects.visible_to(user).ready(), at_most=AT_MOST)
    matched = [each for each in proposals if each.laptop][:room]
    shown = queued.select_related("partner").only(*SHOWN_IN_QUEUE)
    requests = shown.in_bulk([each.wish.key for each in matched])
    devices = Device.objects.only(*MATCHED).in_bulk([each.laptop.key for each in matched])
    lines = [
        {"request": requests[each.wish.key], "device": devices[each.laptop.key], "reasons": each.reasons}
        for each in matched
        if each.wish.key in requests and each.laptop.key in devices
    ]
    return lines, len(proposals) - len(lines)
