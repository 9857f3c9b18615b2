"""The tabs of the association's page of an organisation, and its notes."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.access import association_reader_required, note_writer_required
from partners.forms import NoteForm
from partners.models import AgreementVersion, Partner, PartnerNote, Tariff
from partners.tabs import TABS, tabs_for
from partners.timeline import rows_of
from people.access import treasurer_required
from records import clock
from web.forms import attempt


@association_reader_required
def tab(request, pk, tab):
    """One of them: people, agreements, communes, price, notes or history."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    return _page(request, partner, tab, SHOWN[tab](partner, request.user))


@note_writer_required
def add_note(request, pk):
    """Keep a note that only the association reads."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.add_note, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            return redirect("partners:notes", pk=partner.pk)
    return _page(request, partner, "notes", _notes(partner, request.user) | {"form": form})


@require_POST
@note_writer_required
def strike_note(request, pk):
    """Strike a note out, or let it count again: as the button said."""
    note = get_object_or_404(PartnerNote.objects.visible_to(request.user).select_related("partner"), pk=pk)
    is_struck = "restore" not in request.POST
    actions.strike_note(note, is_struck=is_struck)
    messages.success(request, _("Struck out.") if is_struck else _("It counts again."))
    return redirect("partners:notes", pk=note.partner_id)


def _page(request, partner, name, context):
    context = context | {
        "partner": partner,
        "tab": TABS[name],
        "tabs": tabs_for(partner, request.user, name),
    }
    return render(request, "partners/tab.html", context)


def _people(partner, user):
    members = (partner.memberships.live() | partner.memberships.pending()).select_related("user").order_by("pk")
    return {"members": members, "may_invite": partner.takes_part and user.has_role("admin")}


def _agreements(partner, user):
    return {
        "agreements": partner.agreements.select_related("countersigned_by"),
        "version": AgreementVersion.objects.current(),
        "may_write": user.has_role("admin"),
    }


def _coverage(partner, user):
    rows = partner.coverage.select_related("commune").order_by("-valid_to", "commune__name", "valid_from")
    return {"coverage": rows, "today": clock.today(), "may_cover": user.has_role("admin") and partner.takes_part}


def _tariff(partner, user):
    holding = Tariff.objects.holding().filter(tier=partner.tier)
    coming = Tariff.objects.filter(tier=partner.tier, valid_from__gt=clock.today()).order_by("valid_from", "delivery")
    for row in (holding := list(holding)) + (coming := list(coming)):
        row.delivery_label = Partner.Delivery(row.delivery).label_for(user)
    return {"holding": holding, "coming": coming, "may_set": treasurer_required.allowed(user)}


def _notes(partner, user):
    notes = PartnerNote.objects.visible_to(user).filter(partner=partner).select_related("by")
    return {"notes": notes, "form": NoteForm(), "may_note": note_writer_required.allowed(user)}


def _history(partner, user):
    return {"timeline": rows_of(partner, user)}


SHOWN = {
    "people": _people,
    "agreements": _agreements,
    "coverage": _coverage,
    "tariff": _tariff,
    "notes": _notes,
    "history": _history,
}
