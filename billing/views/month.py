import uuid
from functools import partial

from django.contrib import messages
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from billing import actions
from billing.charges_due import bill_tos_of, count_due, parcels_due, with_bill_tos
from billing.checklist import DONE, ISSUING, checks_for, current_stage, lead_for, steps_at
from billing.forms import IssueForm, MonthEndForm, MonthForm
from billing.issue_batches import batch_outcome, batch_progress, issue_batch
from billing.models import Invoice, Series
from billing.month_end import at_month_end
from billing.periods import month_before, month_name, month_words, past_months
from billing.tables import columns_for, drafts_for, dues_foot, dues_for, month_options, pick_drafts
from partners.models import BillTo
from people.access import money_reader_required, treasurer_required
from records import clock
from web.pagination import fair_shares, paginate, paginate_by

MONTHS_OFFERED = 24


@money_reader_required
def month_end(request):
    """Close a month step by step: checklist and dry run, drafts to look over, numbers and documents."""
    user, today, shown_at = request.user, clock.today(), clock.now()
    form = MonthEndForm(request.GET)
    form.is_valid()  # what is no month or no batch is left out
    month = form.cleaned_data.get("month") or month_before(today)
    batch = issue_batch(form.cleaned_data.get("batch"))
    bar = _progress_bar(batch, month) if batch else None
    if request.htmx and bar:
        if bar["over"]:
            return HttpResponseClientRedirect(bar["url"])
        return render(request, "components/_progress.html", {"progress": bar})
    chosen = form.cleaned_data.get("list")
    if bar and not chosen and request.GET.get("batch") != str(batch.token):
        return redirect(bar["url"])  # what comes of it is shown at its own address
    actions.refuse_unfinished(month)
    found = at_month_end(month, count_due(month), user)
    checks, stage = checks_for(found), current_stage(found)
    may_press, at_work = treasurer_required.allowed(user), bool(bar and bar["issuing"])
    page = _page(chosen, found, request) if chosen else None
    if page and not page.rows:
        return redirect(_month_url(month))
    rows = {chosen: page.rows} if page else _first_rows(found, user)
    counts = {"dues": len(found.dues), "drafts": found.drafts, "issued": found.issued}
    context = {
        "month": month,
        "name": month_words(month),
        "short_name": month_name(month),
        "month_options": month_options(past_months(today, MONTHS_OFFERED), month),
        "month_url": _month_url(month),
        "list": chosen,
        "page": page,
        "counts": counts,
        "more": {} if page else {name: counts[name] - len(rows[name]) for name in rows},
        "dues": with_bill_tos(found.dues, rows.get("dues", [])),
        "due_columns": dues_for(month),
        "due_foot": dues_foot(counts["dues"], found.due_parcels, found.due_total),
        "due_parcels": found.due_parcels,
        "due_total": found.due_total,
        "drafts": rows.get("drafts", []),
        "draft_columns": drafts_for(may_press=may_press and not at_work),
        "picks": pick_drafts() if may_press and not at_work else None,
        "issued": rows.get("issued", []),
        "columns": columns_for(one_period=True),
        "ready": found.ready,
        "ready_parcels": found.ready_parcels,
        "numbers": Series.objects.next_numbers(today.year, found.ready.count) if found.ready.count else None,
        "is_done": stage == DONE,
        "checks": checks,
        "lead": lead_for(checks, found),
        "steps": steps_at(ISSUING if at_work else stage),
        "token": uuid.uuid4(),
        "shown_at": shown_at,
        "may_press": may_press,
        "progress": bar,
        "at_work": at_work,
        "outcome": batch_outcome(batch, user) if batch else None,
    }
    return render(request, "billing/month_list.html" if page else "billing/month_end.html", context)


def _lists(found, user):
    """What a month's page lists: who pays what is due, the drafts, what is issued."""
    invoices = Invoice.objects.visible_to(user)
    return {
        "dues": bill_tos_of(found.dues),
        "drafts": invoices.drafts().until(found.month).with_parcels().order_by("pk"),
        "issued": invoices.issued().of_month(found.month).for_list().order_by("-place"),
    }


def _first_rows(found, user):
    """The first rows of each list, all together one page."""
    shares = fair_shares({"dues": len(found.dues), "drafts": found.drafts, "issued": found.issued})
    lists = _lists(found, user) | {"dues": bill_tos_of(found.dues[: shares["dues"]])}
    return {name: list(rows[: shares[name]]) for name, rows in lists.items()}


def _page(chosen, found, request):
    """A page of one of the lists."""
    rows = _lists(found, request.user)[chosen]
    return paginate(rows, request.GET, key="place") if chosen == "issued" else paginate_by("pk", rows, request.GET)


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
    page = paginate_by("handed_over_at", parcels.select_related("request", "device"), request.GET)
    context = {
        "bill_to": bill_to,
        "name": month_words(month),
        "page": page,
        "parcels": page.rows,
        **parcels.aggregate(count=Count("pk"), total=Sum("price")),
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
    """Have the ticked drafts or all of the month issued, each for itself; the page that follows shows how far it is."""
    form = IssueForm(request.POST)
    if not form.is_valid() or not (form.cleaned_data["drafts"] or form.cleaned_data["all"]):
        messages.error(request, _("Tick the drafts to issue."))
        return redirect("billing:month_end")
    invoices, wanted = Invoice.objects.visible_to(request.user).defer("snapshot"), form.cleaned_data
    order = partial(actions.order_issue, token=wanted["token"], by=request.user)
    if wanted["all"]:
        batch = order(invoices.drafts().of_month(wanted["month"]), fingerprint=wanted["all"])
        return redirect(f"{_month_url(wanted['month'])}&batch={batch.token}")
    keys = set(wanted["drafts"])
    drafts = list(invoices.filter(pk__in=keys))
    batch = order(drafts)
    if gone := len(keys) - len(drafts):
        words = ngettext("%(count)s draft was discarded meanwhile.", "%(count)s drafts were discarded meanwhile.", gone)
        messages.warning(request, words % {"count": gone})
    return redirect(f"{_month_url(wanted['month'])}&batch={batch.token}")


def _month_url(month):
    return f"{reverse('billing:month_end')}?month={month:%Y-%m}"
