"""Pages on the way from "we are interested" to admitted; those of the applicant are found by a private link."""

from functools import partial

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.access import writer_required
from partners.communes import main_communes_in
from partners.forms import BillToForm, CompleteForm, DeclineForm, JoinForm, MessageForm
from partners.lifecycle import PartnerStatus
from partners.models import Application, Message, Partner
from partners.reasons import DECLINED
from people.access import admin_required, public
from web.forms import attempt

from .payer import as_the_organisation, found_communes


@public
def join(request):
    """Announce an organisation; "find" looks up its communes and keeps what was typed."""
    if "find" in request.POST:
        form = JoinForm(initial=found_communes(request, main_communes_in))
    elif request.method == "POST":
        if too_often := ratelimit.consume_or_429(request, action="join"):
            return too_often
        form = JoinForm(request.POST)
        if form.is_valid():
            if form.is_by_a_person():  # to a program it reads the same
                attempt(form, partial(actions.announce, form.instance, form.cleaned_data["communes"]))
            if form.is_valid():
                return render(request, "partners/announced.html", {"email": form.cleaned_data["email"]})
    else:
        form = JoinForm(initial={"language": get_language(), "kind": Partner.Kind.COMMUNE})
    return render(request, "partners/join.html", {"form": form, "stamp": JoinForm.stamp()})


def _application(token):
    return get_object_or_404(Application.objects.select_related("partner"), token=token)


@public
def application(request, token):
    """How an application stands, for whoever has the private link: what comes next, and what was said."""
    found = _application(token)
    partner = found.partner
    context = {
        "application": found,
        "partner": partner,
        "communes": found.communes.order_by("name"),
        "entries": _entries(partner.messages.all(), association=False) if partner else [],
        "form": MessageForm(),
        "reason": "",
    }
    if partner and partner.status == PartnerStatus.DECLINED:
        step = partner.steps.filter(verb="decline").last()
        context["reason"] = DECLINED.get(step.reason if step else "", "")
    return render(request, "partners/application.html", context)


def _entries(found, *, association):
    """The rows of a conversation, as one side reads it."""
    ours, theirs = _("The association"), _("The organisation")
    entries = []
    for row in found:
        side = ours if row.is_from_association else theirs
        is_named = row.by and (association or not row.is_from_association)
        who, whose = (str(row.by), side) if is_named else (side, "")
        mine = row.is_from_association == association
        entries.append({"who": who, "whose": whose, "at": row.at, "text": row.text, "mine": mine})
    return entries


@require_POST
@public
def confirm(request, token):
    """Take the application up: the press that the mail asks for."""
    found = _application(token)
    actions.confirm(found)
    messages.success(request, _("Thank you. The association has your application. Complete it now, or later."))
    return redirect(found)


@public
def complete(request, token):
    """Say where the office is, where laptops go and who pays; as often as needed until it is decided on."""
    found = _application(token)
    partner = found.partner
    if partner is None:
        return redirect(found)
    if partner.status != PartnerStatus.APPLIED:
        messages.info(request, _("This application has been decided on: nothing can be changed here any more."))
        return redirect(found)
    bill_to = partner.bill_tos.filter(is_active=True).first()
    typed = request.POST if request.method == "POST" else None
    form = CompleteForm(typed, instance=partner)
    pays = BillToForm(as_the_organisation(typed, partner.name) if typed else None, instance=bill_to, prefix="pays")
    if typed and form.is_valid() & pays.is_valid():
        attempt(form, partial(actions.complete, partner, pays.instance, by=None))
        if form.is_valid():
            messages.success(request, _("Kept. The association examines your application and writes to you."))
            return redirect(found)
    if typed:
        pays.leave_to(form)
    return render(request, "partners/complete.html", {"application": found, "form": form, "bill_to": pays})


@require_POST
@public
def apply_again(request, token):
    """Take a declined application up again."""
    found = _application(token)
    if found.partner is None:
        raise Http404
    actions.apply_again(found.partner, by=None)
    messages.success(request, _("The association sees your application again."))
    return redirect(found)


@require_POST
@public
def ask(request, token):
    """Write to the association from the private page."""
    found = _application(token)
    if found.partner is None:
        raise Http404
    if too_often := ratelimit.consume_or_429(request, action="join"):
        return too_often
    form = MessageForm(request.POST)
    if form.is_valid():
        actions.write(found.partner, form.cleaned_data["text"], by=None)
        messages.success(request, _("Sent. The answer appears here, and a mail tells you."))
    return redirect(found)


@require_POST
@writer_required
def write(request, pk):
    """Write to the other side: an admin to an organisation, a manager to the association."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = MessageForm(request.POST)
    if form.is_valid():
        actions.write(partner, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Sent."))
    else:
        messages.error(request, _("An empty message says nothing."))
    return redirect(f"{partner.get_absolute_url()}#messages")


@require_POST
@admin_required
def admit(request, pk):
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    actions.admit(partner, by=request.user)
    if partner.applications.exists():
        messages.success(request, _("Admitted. Who wrote for it is invited, and can sign the agreement."))
    else:
        messages.success(request, _("Admitted. Next: record the signed agreement and invite the first person."))
    return redirect(partner)


@admin_required
def decline(request, pk):
    """Say no to an organisation that applied, with a reason; the page says first what that does."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.decline, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, _("%(partner)s is declined.") % {"partner": partner})
            return redirect(partner)
    if request.method != "POST" and partner.status not in (PartnerStatus.APPLIED, PartnerStatus.ADMITTED):
        return redirect(partner)
    gets_mail = partner.applications.exists()
    return render(request, "partners/decline.html", {"partner": partner, "form": form, "gets_mail": gets_mail})


def conversation(partner, user):
    """What was said between the association and an organisation, as this person reads it."""
    found = Message.objects.visible_to(user).filter(partner=partner).select_related("by")
    return _entries(found, association=not user.acting_for)
