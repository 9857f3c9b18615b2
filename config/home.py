from functools import lru_cache

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt

from billing import todo as billing_todo
from devices import todo as devices_todo
from help import todo as help_todo
from jobs import todo as jobs_todo
from partners import todo as partners_todo
from people.access import public, signed_in
from people.forms import AppearanceForm
from records import clock
from requests import todo as requests_todo
from shipping import todo as shipping_todo
from web.counts import MANY, Counting, spelled

TODOS = (partners_todo, devices_todo, requests_todo, shipping_todo, billing_todo, jobs_todo, help_todo)


@public
@csrf_exempt
def set_language(request):
    """Switch the language; a signed-in person's choice is kept, also for the mails.

    The switch has no token, so that pages for visitors need no cookie: a form of another site brings no session along
    (SameSite=Lax), and could at most have a stranger read another language.
    """
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
    """What needs this person today, most urgent first, composed from every app; one statement counts all of it."""
    user = request.user
    partner = user.acting_for
    roles = frozenset(user.association_roles), frozenset(user.membership_roles) if partner else None
    counts = _counting(user, partner, partner and partner.status, roles, clock.today()).count()
    todos = [todo for app in TODOS for todo in app.todo_for(user, _counts_of(app, counts))]
    invited = list(_invitations(user).select_related("partner")) if counts["invitations"] else []
    others = {membership.partner for membership in user.live_memberships or []} - {user.acting_for}
    needed = len(invited) + sum(todo.count for todo in todos)
    context = {
        "todos": sorted(todos, key=lambda todo: -todo.urgency),
        "invitations": invited,
        "needed": needed,
        "needed_in_words": spelled(needed, MANY),
        "place": user.acting_for,
        "others": sorted(others, key=str) if user.acting_for else [],
    }
    return render(request, "home.html", context)


@lru_cache(maxsize=256)
def _counting(user, partner, status, roles, day):
    """What is counted for a person who is this, for this organisation as it stands, on this day.

    Putting the statement together takes longer than the counting, so it is kept for the next time.
    """
    wanted = {(app, name): rows for app in TODOS for name, rows in app.counts_for(user).items()}
    return Counting(wanted | {"invitations": _invitations(user)})


def _invitations(user):
    return user.memberships.none() if user.is_association or user.acts_on_behalf else user.memberships.pending()


def _counts_of(app, counts):
    """What was counted for an app, by its own names."""
    return {key[1]: count for key, count in counts.items() if key[0] is app}
