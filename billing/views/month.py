import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from billing import actions
from billing.charges_due import parcels_due
from billing.checklist import DONE, ISSUING, checks_for, current_stage, lead_for, steps_at
from billing.forms import IssueForm, MonthEndForm, MonthForm
from billing.issue_batches import batch_outcome, batch_progress, issue_batch
from billing.models import Invoice, Series
from billing.month_end import at_month_end
from billing.periods import month_before, month_name, month_words, past_months
from billing.tables import columns_for
from partners.models import BillTo
from people.access import money_reader_required, treasurer_required
from records import clock
from web.pagination import MANY

MONTHS_OFFERED = 24


@money_reader_required
def month_end(request):
    """Close a month step by step: checklist and dry run, drafts to look over, numbers and documents."""
    user, today = request.user, clock.today()
    form = MonthEndForm(request.GET)
    form.is_valid()  # what is no month or no batch is left out
    month = form.cleaned_data.get("month") or month_before(today)
    batch = issue_batch(form.cleaned_data.get("batch"))
    bar = _progress_bar(batch, month) if batch else None
    if request.htmx and bar:
        if bar["over"]:
            return HttpResponseClientRedirect(bar["url"])
        return render(request, "components/_progress.html", {"progress": bar})
    if bar and request.GET.get("batch") != str(batch.token):
        return redirect(bar["url"])  # what comes of it is shown at its own address
    found = at_month_end(month, actions.dry_run(month), user)
    ready = found.ready
    issued = list(Invoice.objects.visible_to(user).issued().of_month(month).for_list().order_by("-place")[:MANY])
    checks = checks_for(found)
    stage = current_stage(found, is_issued=bool(issued))
    at_work = bool(bar and bar["issuing"])
    context = {
        "month": month,
        "name": month_words(month),
        "short_name": month_name(month),
        "months": past_months(today, MONTHS_OFFERED),
        "dues": found.dues,
        "due_parcels": found.due_parcels,
        "due_total": found.due_total,
        "drafts": found.drafts,
        "ready": ready,
        "ready_parcels": sum(draft.parcels for draft in ready),
        "ready_total": sum(draft.total for draft in ready),
        "numbers": Series.objects.next_numbers(today.year, len(ready)) if ready else None,
        "issued": issued,
        "columns": columns_for(one_period=True),
        "is_done": stage == DONE,
        "checks": checks,
        "lead": lead_for(checks, found),
        "steps": steps_at(ISSUING if at_work else stage),
        "token": uuid.uuid4(),
        "may_press": treasurer_required.allowed(user),
        "progress": bar,
        "at_work": at_work,
        "outcome": batch_outcome(batch, user) if batch else None,
    }
    return render(request, "billing/month_end.html", context)


def _progress_bar(batch, month):
    """The progress bar: it asks this page for itself."""
    return {
        "title": _("Invoices and their PDFs"),
        "url": f"{_month_url(month)}&batch={batch.token}",
        **batch_progress(batch),
    }


@money_reader_required
def due(request, pk):
    """The parcels behind one figure of the dry run."""
    bill_to = get_object_or_404(BillTo.objects.visible_to(request.user).select_related("partner"), pk=pk)
    form = MonthForm(request.GET)
    month = form.cleaned_data["month"] if form.is_valid() else month_before(clock.today())
    actions.refuse_unfinished(month)
    parcels = parcels_due(bill_to, month)
    total = sum(parcel.price for parcel in parcels)
    context = {
        "bill_to": bill_to,
        "name": month_words(month),
        "parcels": parcels,
        "total": total,
        "month_end_url": _month_url(month),
    }
    return render(request, "billing/due.html", context)


@require_POST
@treasurer_required
def close_month(request):
    """Draft what is due up to the end of a month; repeated, there is nothing left to draft."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a month."))
        return redirect("billing:month_end")
    month = form.cleaned_data["month"]
    drafts = actions.close_month(month, by=request.user)
    if drafts:
        words = ngettext("%(count)s draft to look over.", "%(count)s drafts to look over.", len(drafts))
        messages.success(request, words % {"count": len(drafts)})
    else:
        messages.info(request, _("Nothing was left to draft."))
    return redirect(_month_url(month))


@require_POST
@treasurer_required
def issue_all(request):
    """Have the ticked drafts issued, each for itself; the page that follows shows how far it is."""
    form = IssueForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["drafts"]:
        messages.error(request, _("Tick the drafts to issue."))
        return redirect("billing:month_end")
    keys = set(form.cleaned_data["drafts"])
    drafts = list(Invoice.objects.visible_to(request.user).filter(pk__in=keys).defer("snapshot"))
    batch = actions.order_issue(drafts, token=form.cleaned_data["token"], by=request.user)
    if gone := len(keys) - len(drafts):
        words = ngettext("%(count)s draft was discarded meanwhile.", "%(count)s drafts were discarded meanwhile.", gone)
        messages.warning(request, words % {"count": gone})
    return redirect(f"{_month_url(form.cleaned_data['month'])}&batch={batch.token}")


def _month_url(month):
    return f"{reverse('billing:month_end')}?month={month:%Y-%m}"
