"""What a laptop costs: what holds, what is planned, what held before."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.forms import TariffForm
from partners.models import Partner, Tariff
from people.access import admin_required, treasurer_required
from records import clock
from web.forms import attempt


@treasurer_required
def tariffs(request):
    """Every price with the day it holds from, and who set it."""
    found = Tariff.objects.visible_to(request.user)
    holding = set(found.holding().values_list("pk", flat=True))
    today = clock.today()
    rows = [
        (
            row,
            Partner.Delivery(row.delivery).label_for(request.user),
            "holds" if row.pk in holding else "planned" if row.valid_from > today else "over",
        )
        for row in found.select_related("by").order_by("tier", "-delivery", "-valid_from")
    ]
    return render(request, "partners/tariffs.html", {"rows": rows, "may_change": request.user.has_role("admin")})


@admin_required
def set_price(request):
    """Set a price from a day on; until that day it can be withdrawn."""
    form = TariffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.by = request.user
        if attempt(form, form.save):
            messages.success(request, _("The price is set. Until its day it can be withdrawn."))
            return redirect("partners:tariffs")
    return render(request, "partners/set_price.html", {"form": form})


@require_POST
@admin_required
def withdraw_price(request, pk):
    """Take back a price whose day has not come."""
    tariff = get_object_or_404(Tariff.objects.visible_to(request.user), pk=pk)
    tariff.withdraw()
    messages.success(request, _("The price is withdrawn."))
    return redirect("partners:tariffs")
