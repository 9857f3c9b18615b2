"""Another organisation takes over from one that ends."""

from functools import partial

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from partners.models import Commune, Membership, Partner
from people.access import admin_required
from requests import actions
from requests.forms import SuccessorForm, TakeOverForm
from requests.lifecycle import RESTING, RequestStatus
from requests.models import DeviceRequest
from web.forms import attempt
from web.pagination import find_row

OFFERED = 20


@admin_required
def take_over(request, pk):
    """Choose who takes over, see what that does in numbers, and do it."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not partner.allows("end"):
        return redirect(partner)
    others = Partner.objects.filter(status=Partner.Status.ACTIVE).exclude(pk=partner.pk)
    successor = find_row(others, request.GET.get("successor"))
    if successor is None:
        search = SuccessorForm(request.GET or None)
        words = search.cleaned_data["q"] if search.is_valid() else ""
        context = {"form": search, "found": others.found_by(words)[:OFFERED] if words else [], "words": words}
        return render(request, "requests/choose_successor.html", context | {"partner": partner})
    form = TakeOverForm(request.POST if request.method == "POST" else None, successor=successor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        action = partial(
            actions.take_over,
            partner,
            successor,
            people_move=given["people"] == "move",
            requests=given["requests"],
            payer=given["payer"],
            by=request.user,
        )
        if attempt(form, action):
            words = {"successor": successor, "partner": partner}
            messages.success(request, _("%(successor)s has taken over from %(partner)s.") % words)
            return redirect(successor)
    context = {"partner": partner, "successor": successor, "form": form, **_numbers(partner, successor)}
    return render(request, "requests/take_over.html", context)


def _numbers(partner, successor):
    """What the page says of it before: communes, people, requests."""
    covered = successor.coverage.live().values("commune")
    on_their_way = (RequestStatus.ALLOCATED, RequestStatus.SHIPPED)
    requests = DeviceRequest.objects.filter(partner=partner).aggregate(
        resting=Count("pk", filter=Q(status__in=RESTING)), sent=Count("pk", filter=Q(status__in=on_their_way))
    )
    return {
        "communes": list(Commune.objects.filter(coverage__in=partner.coverage.live()).order_by("name")),
        "shared": partner.coverage.live().filter(commune__in=covered).count(),
        "people": Membership.objects.live().filter(partner=partner).values("user").distinct().count(),
        **requests,
    }
