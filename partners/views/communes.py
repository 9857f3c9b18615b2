"""The register of communes: what merges, and where two organisations are left on one commune."""

from itertools import groupby

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.forms import ForWhomForm
from partners.lifecycle import PartnerStatus
from partners.models import CommuneMutation, Coverage, RegisterLoad
from people.access import admin_required


@admin_required
def communes(request):
    """What has merged or will, and each commune that two organisations speak for since."""
    numbers = Coverage.objects.visible_to(request.user).contested().values("commune")
    live = Coverage.objects.visible_to(request.user).live().select_related("commune", "partner")
    active = live.filter(commune__in=numbers, partner__status=PartnerStatus.ACTIVE)
    rows = active.order_by("commune__name", "commune", "partner__name")
    shared = [
        {
            "commune": commune,
            "rows": [(row, ForWhomForm(initial={"for_whom": row.for_whom}, prefix=row.pk)) for row in several],
        }
        for commune, several in groupby(rows, key=lambda row: row.commune)
    ]
    context = {
        "shared": shared,
        "mutations": CommuneMutation.objects.all()[:200],
        "loads": RegisterLoad.objects.all()[:20],
    }
    return render(request, "partners/communes.html", context)


@require_POST
@admin_required
def share_commune(request, pk):
    """Say for whom an organisation speaks in a commune that it shares."""
    coverage = _fetch(request.user, pk)
    form = ForWhomForm(request.POST, prefix=pk)
    if form.is_valid():
        actions.share_commune(coverage, form.cleaned_data["for_whom"], by=request.user)
        messages.success(request, _("Kept."))
    else:
        messages.error(request, " ".join(form.errors["for_whom"]))
    return redirect("partners:communes")


@require_POST
@admin_required
def leave_commune(request, pk):
    """Leave a commune to the other organisation, from today on."""
    coverage = _fetch(request.user, pk)
    actions.leave_commune(coverage, by=request.user)
    words = {"partner": coverage.partner, "commune": coverage.commune}
    messages.success(
        request, _("%(partner)s no longer speaks for %(commune)s. On its page this can be changed back.") % words
    )
    return redirect("partners:communes")


def _fetch(user, pk):
    found = Coverage.objects.visible_to(user).live().select_related("partner", "commune")
    return get_object_or_404(found, pk=pk)
