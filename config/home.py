from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import i18n

from billing.todo import todo_for as billing_todo
from devices.todo import todo_for as devices_todo
from jobs.todo import todo_for as jobs_todo
from partners.models import Partner
from partners.todo import todo_for as partners_todo
from people.access import public, signed_in
from people.forms import AppearanceForm
from requests.todo import todo_for as requests_todo
from shipping.todo import todo_for as shipping_todo

TODOS = (partners_todo, devices_todo, requests_todo, shipping_todo, billing_todo, jobs_todo)


@public
def front(request):
    """Lead to what needs the person today, or to signing in."""
    return redirect("home" if request.user.is_authenticated else "account_login")


@public
def set_language(request):
    """Switch the language; a signed-in person's choice is kept, also for the mails."""
    code = request.POST.get("language")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        request.user.language = code
        request.user.save(update_fields=["language"])
    return i18n.set_language(request)


@signed_in
def appearance(request):
    """The person's own choice of light or dark, and of the language."""
    form = AppearanceForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.instance.save(update_fields=form.Meta.fields)
        with override(form.instance.language):
            messages.success(request, _("Saved. All pages look like this from now on."))
        return redirect("appearance")
    return render(request, "appearance.html", {"form": form})


@signed_in
def home(request):
    """What needs this person today, most urgent first, composed from every app."""
    todos = sorted((todo for app in TODOS for todo in app(request.user)), key=lambda todo: -todo.urgency)
    place = request.user.acting_for
    others = Partner.objects.of_member(request.user).exclude(pk=place.pk) if place else []
    mine = [] if request.user.is_association else request.user.memberships.pending().select_related("partner")
    context = {"todos": todos, "invitations": mine, "needed": len(todos) + len(mine), "place": place, "others": others}
    return render(request, "home.html", context)
