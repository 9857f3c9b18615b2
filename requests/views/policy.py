"""What the association sets about requests."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import admin_required
from requests import actions
from requests.forms import PolicyForm
from requests.models import Policy, PolicyChange
from web.forms import attempt


@admin_required
def set_policy(request):
    """For how long a second request for one person is noticed; and who changed it when."""
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=Policy.objects.current())
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.set_policy, form.instance, form.changed_data, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept. It holds from now on."))
            return redirect("requests:set_policy")
    changes = PolicyChange.objects.select_related("by")[:50]
    return render(request, "requests/set_policy.html", {"form": form, "changes": changes})
