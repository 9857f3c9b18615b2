"""On which days parcels go out."""

from functools import partial
from itertools import islice

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import dispatcher_required
from records import clock
from requests.calendar import set_round_date
from requests.expected_day import at_the_door
from requests.forms import RoundDateForm
from requests.lifecycle import TO_LEAVE
from requests.models import DeviceRequest, Policy, RoundDate
from web.forms import attempt

SHOWN = 8


@dispatcher_required
def calendar(request):
    """The days to come, each with its room and what is expected to go out; and a day set by itself."""
    form = RoundDateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(set_round_date, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, _("Kept. The expected days follow within minutes."))
            return redirect("requests:calendar")
    context = {
        "form": form,
        "days": _days(),
        "closed": RoundDate.objects.filter(is_closed=True, on__gt=clock.today()),
        "policy": Policy.objects.current(),
        "may_set_rule": request.user.has_role("admin"),
    }
    return render(request, "requests/calendar.html", context)


def _days():
    schedule = RoundDate.objects.calendar()
    waiting = DeviceRequest.objects.filter(status__in=TO_LEAVE)
    expected = waiting.filter(expected_on__isnull=False).order_by().values_list("expected_on").annotate(Count("pk"))
    counts = dict(expected)
    return [
        {"on": day, "room": room, "expected": counts.get(at_the_door(day), 0), "is_kept": day in schedule.kept}
        for day, room in islice(schedule.after(clock.today()), SHOWN)
    ]
