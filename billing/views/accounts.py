"""The association's accounts and VAT status, each change seen by two people."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions
from billing.forms import AccountForm, VatForm
from billing.models import CreditorAccount, VatStatus
from people.access import treasurer_required
from people.models import User
from records import clock
from web.forms import attempt

KINDS = {"account": (CreditorAccount, AccountForm), "vat": (VatStatus, VatForm)}


@treasurer_required
def accounts(request):
    """What holds, what held, what is to hold, and what waits for a second person."""
    tables = [
        (kind, _rows(model.objects.visible_to(request.user)), model.objects.on())
        for kind, (model, _form) in KINDS.items()
    ]
    is_alone = not User.objects.dealing_with_money().exclude(pk=request.user.pk).exists()
    context = {"tables": tables, "is_alone": is_alone, "today": clock.today()}
    return render(request, "billing/accounts.html", context)


def _rows(records):
    return records.select_related("proposed_by", "confirmed_by").order_by("-valid_from", "-pk")


@treasurer_required
def propose(request, *, kind):
    """Say what is to hold from a day on."""
    form = KINDS[kind][1](request.POST or None)
    proposal = partial(_propose, form, by=request.user)
    if request.method == "POST" and form.is_valid() and attempt(form, proposal):
        messages.success(request, _("Proposed. It holds once a second person has confirmed it."))
        return redirect("billing:accounts")
    return render(request, "billing/propose_account.html", {"form": form, "kind": kind})


def _propose(form, *, by):
    return actions.propose(form.save(commit=False), by=by)


@treasurer_required
def confirm(request, pk, *, kind):
    """Confirm as the second person; the page says first what will hold."""
    record = _fetch(request, pk, kind=kind)
    if request.method != "POST":
        return render(request, "billing/confirm_account.html", {"record": record, "kind": kind})
    actions.confirm(record, by=request.user)
    messages.success(request, _("Confirmed. It holds from its day on."))
    return redirect("billing:accounts")


@require_POST
@treasurer_required
def turn_down(request, pk, *, kind):
    """Remove a proposal."""
    actions.turn_down(_fetch(request, pk, kind=kind), by=request.user)
    messages.success(request, _("The proposal is removed."))
    return redirect("billing:accounts")


def _fetch(request, pk, *, kind):
    return get_object_or_404(KINDS[kind][0].objects.visible_to(request.user).select_related("proposed_by"), pk=pk)
