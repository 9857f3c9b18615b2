"""Pages about who works for an organisation."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.access import inviter_required
from partners.forms import ROLES, InviteForm, RoleForm
from partners.middleware import SESSION_KEY
from partners.models import Membership, Partner
from people.access import signed_in
from web.forms import attempt
from web.pagination import parse_key


@inviter_required
def invite(request, pk):
    """Ask a person to work for the organisation; the mail that leads in goes out in that person's language."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"role": "social_worker"})
    if request.method == "POST" and form.is_valid():
        gets_mail = attempt(form, partial(actions.invite, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            words = {"email": form.cleaned_data["email"]}  # as typed: whose it is, the account says to nobody else
            if gets_mail:
                messages.success(request, _("An invitation was sent to %(email)s.") % words)
            else:
                messages.info(request, _("%(email)s has this role already.") % words)
            return redirect(partner)
    return render(request, "partners/invite.html", {"partner": partner, "form": form})


@require_POST
@signed_in
def accept_invitation(request, pk):
    """Take the role that one was invited to, and work for that organisation from now on."""
    membership = get_object_or_404(request.user.memberships, pk=pk)
    actions.accept_invitation(membership, by=request.user)
    request.session[SESSION_KEY] = membership.partner_id
    words = {"partner": membership.partner, "role": membership.get_role_display()}
    messages.success(request, _("You now work for %(partner)s: %(role)s.") % words)
    return redirect("home")


@require_POST
@signed_in
def decline_invitation(request, pk):
    actions.decline_invitation(get_object_or_404(request.user.memberships, pk=pk), by=request.user)
    return redirect("home")


@require_POST
@inviter_required
def resend_invitation(request, pk):
    """Send the mail that leads in once more."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    words = {"name": membership.shown_name}
    if actions.resend_invitation(membership, by=request.user):
        messages.success(request, _("%(name)s gets the invitation once more.") % words)
    else:
        messages.info(request, _("The invitation to %(name)s is on its way.") % words)
    return redirect(membership.partner)


@inviter_required
def change_role(request, pk):
    """Give a colleague another role."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        attempt(form, partial(actions.change_role, membership, role=role, by=request.user))
        if form.is_valid():
            words = {"name": membership.shown_name, "role": dict(Membership.Role.choices)[role]}
            messages.success(request, _("%(name)s: %(role)s.") % words)
            return redirect(membership.partner)
    return render(request, "partners/change_role.html", {"membership": membership, "form": form})


@inviter_required
def end_access(request, pk):
    """Take a colleague's role or invitation back; the page says first what that does."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":
        if membership.ended_at:
            return redirect(membership.partner)
        sees = next(small for value, _label, small in ROLES if value == membership.role)
        return render(request, "partners/end_access.html", {"membership": membership, "sees": sees})
    actions.end_access(membership, by=request.user)
    words = {"name": membership.shown_name, "role": membership.get_role_display()}
    if membership.is_pending:
        messages.success(request, _("The invitation of %(name)s is taken back: %(role)s.") % words)
    else:
        messages.success(request, _("%(name)s has no access as %(role)s any more.") % words)
    return redirect(membership.partner)


@require_POST
@signed_in
def act_for(request):
    """Go on working for another of one's organisations."""
    partner = get_object_or_404(Partner.objects.of_member(request.user), pk=parse_key(request.POST.get("partner")))
    request.session[SESSION_KEY] = partner.pk
    return redirect("home")
