"""Acting on behalf of an organisation."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.forms import OnBehalfForm
from partners.middleware import ON_BEHALF_KEY
from partners.models import OnBehalf, Partner
from people.access import admin_required, signed_in
from web.forms import attempt


@admin_required
def act_on_behalf(request, pk):
    """Begin, with a reason; the page says first what that means."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = OnBehalfForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        begun = attempt(form, partial(actions.act_on_behalf, partner, by=request.user, **form.cleaned_data))
        if begun:
            request.session[ON_BEHALF_KEY] = begun.pk
            return redirect("home")
    return render(request, "partners/act_on_behalf.html", {"partner": partner, "form": form})


@require_POST
@signed_in
def end_on_behalf(request):
    """Go back to one's own work."""
    found = OnBehalf.objects.filter(pk=request.session.pop(ON_BEHALF_KEY, None), by=request.user).first()
    if found is None:
        return redirect("home")
    actions.end_on_behalf(found, by=request.user)
    messages.success(request, _("You work for the association again."))
    return redirect(found.partner)
