"""Pages about the association's own people."""

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import admin_required
from people.actions import set_roles
from people.models import AssociationRole, AuditEntry, User
from web.forms import attempt

from . import actions
from .forms import ROLES, InviteForm, RolesForm
from .words import sentence_for

WITH_ROLES = Prefetch("roles", AssociationRole.objects.order_by("pk"))


def _people():
    """Who has a role of the association, or had one until a day."""
    return User.objects.filter(pk__in=AssociationRole.objects.values("user")).prefetch_related(WITH_ROLES)


@admin_required
def people(request):
    """Who works for the association, with which roles and how safely they sign in."""
    found = _people().prefetch_related("authenticator_set").order_by("name", "pk")
    return render(request, "staff/people.html", {"people": found})


@admin_required
def invite(request):
    """Ask a person to work for the association."""
    form = InviteForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("email", "name", "language")}
        user = attempt(form, partial(actions.invite, **data, roles=form.with_ends, by=request.user))
        if user:
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": user.email})
            return redirect("staff_people")
    return render(request, "staff/invite.html", {"form": form})


@admin_required
def person(request, pk):
    """What somebody may do, changed here, and what was changed before."""
    user = get_object_or_404(_people(), pk=pk)
    held = list(user.roles.all())
    ends_on = next((row.ends_on for row in held if row.ends_on), None)
    form = RolesForm(request.POST or None, initial={"roles": [row.role for row in held], "ends_on": ends_on})
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(set_roles, user, form.with_ends, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept. %(name)s signs in anew, with these roles.") % {"name": user})
            return redirect("staff_person", pk)
    history = [(entry, sentence_for(entry.action)) for entry in AuditEntry.objects.about(user)[:100]]
    return render(request, "staff/person.html", {"person": user, "form": form, "history": history})


@require_POST
@admin_required
def resend_invitation(request, pk):
    """Send the mail that leads in once more."""
    user = get_object_or_404(_people(), pk=pk)
    words = {"name": user}
    if actions.resend_invitation(user, by=request.user):
        messages.success(request, _("%(name)s gets the invitation once more.") % words)
    else:
        messages.info(request, _("The invitation to %(name)s is on its way.") % words)
    return redirect("staff_person", pk)


@admin_required
def end_access(request, pk):
    """Take all roles from somebody; the page says first what that does."""
    user = get_object_or_404(_people(), pk=pk)
    if request.method != "POST":
        held = {row.role for row in user.roles.all()}
        context = {"person": user, "roles": [row for row in ROLES if row[0] in held]}
        return render(request, "staff/end_access.html", context)
    set_roles(user, {}, by=request.user)
    messages.success(request, _("%(name)s has no access any more.") % {"name": user})
    return redirect("staff_people")
