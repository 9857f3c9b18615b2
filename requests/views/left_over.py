"""What rests without a laptop at organisations that have ended."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from partners.models import Partner
from people.access import dispatcher_required
from requests import actions
from requests.models import DeviceRequest
from web.pagination import paginate


@dispatcher_required
def left_over(request):
    """How many requests rest at each organisation that has ended, with the deed for all of them, and each by itself."""
    found = DeviceRequest.objects.visible_to(request.user).left_over()
    organisations = found.values("partner", "partner__name").annotate(count=Count("pk")).order_by("partner__name")
    page = paginate(found.select_related("partner"), request.GET)
    return render(request, "requests/left_over.html", {"organisations": organisations, "page": page})


@require_POST
@dispatcher_required
def withdraw_left_over(request, pk):
    """Withdraw all that rests at one of them."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    withdrawn = actions.withdraw_left_over(partner, by=request.user)
    words = ngettext("%(count)s request is withdrawn.", "%(count)s requests are withdrawn.", withdrawn)
    messages.success(request, words % {"count": withdrawn})
    return redirect("requests:left_over")
