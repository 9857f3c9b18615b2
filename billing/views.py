import uuid
from datetime import date
from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.db.models.fields.json import KT
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from documents import views as documents
from jobs.models import Batch, Job, subject_of
from partners.access import invoice_reader_required, reads_requests
from partners.models import BillTo, Partner
from people.access import money_reader_required, treasurer_required
from people.forms import attempt
from people.keyset import MANY, chips, key_of, page_of
from people.models import AuditEntry

from . import actions
from .camt import is_qr_reference
from .forms import BankFileForm, FilterForm, IssueForm, MonthForm
from .models import BankFile, BankTransaction, Invoice, InvoiceDocument
from .month_end import (
    DONE,
    checks_for,
    drafts_until,
    lead_for,
    months_back,
    next_numbers,
    parcels_due,
    stage_of,
    steps_at,
)
from .periods import month_before, month_name, month_words, words_for
from .qr_bill import in_fives
from .story import story

ISSUE = "billing.issue"
VIEWS = {"all": gettext_lazy("Everything"), "unpaid": gettext_lazy("To be paid"), "draft": gettext_lazy("Drafts")}


@invoice_reader_required
def index(request):
    """The invoices this person may see, newest first: saved views, filters in the address."""
    params, user = request.GET, request.user
    form = FilterForm(params, user=user)
    asked = form.cleaned_data if form.is_valid() else {}
    words, state = asked.get("q"), asked.get("state")
    offered = [key for key in VIEWS if key != "draft" or not user.acting_for]
    chosen = params.get("view") if params.get("view") in offered else "all"
    found = Invoice.objects.visible_to(user)
    for wanted in (chosen, state):
        if wanted and wanted != "all":
            found = found.in_state(wanted)
    if words:
        found = found.matching_words(words)
    partner = _partner(params, user)
    if partner:
        found = found.filter(partner=partner)
    page = page_of(_for_list(found), params, key="place")
    label = dict(form.fields["state"].choices)[state] if state else ""
    context = {
        "page": page,
        "lines": _lines(page.rows),
        "form": form,
        "kept": [(name, params[name]) for name in ("view", "partner", "rows") if params.get(name)],
        "filtered": bool(words or state or partner),
        "views": [{"label": VIEWS[key], "url": f"?view={key}", "current": key == chosen} for key in offered],
        "chips": chips(params, {"q": words, "state": label, "partner": partner}),
    }
    return render(request, "billing/list.html", context)


def _for_list(found):
    """What a row shows, without the printed lines."""
    return (
        found.with_paid()
        .select_related("bill_to", "partner")
        .annotate(kind=KT("snapshot__period_kind"))
        .defer("snapshot")
    )


def _lines(rows):
    return [{"invoice": row, "period": words_for(row.period, row.kind or row.bill_to.cadence)} for row in rows]


def _partner(params, user):
    """The organisation asked for in the address, if this person may see it."""
    return Partner.objects.visible_to(user).filter(pk=key_of(params.get("partner"))).first()


def _fetch(request, slug, *related):
    found = Invoice.objects.visible_to(request.user).of_button(slug).with_paid()
    return get_object_or_404(found.select_related("bill_to", "partner", *related))


@invoice_reader_required
def detail(request, slug):
    """One invoice: how it stands, its lines down to the parcel, its payments; never a recipient."""
    invoice = _fetch(request, slug, "document")
    if invoice.slug != slug:
        return redirect(invoice)
    steps = list(invoice.steps.select_related("by"))
    payments = list(invoice.payments.order_by("paid_on", "pk"))
    may_book = request.user.has_role("treasurer", "admin")
    context = {
        "invoice": invoice,
        "lines": _printed(invoice) if invoice.snapshot else _drafted(invoice),
        "open": invoice.total - invoice.paid,
        "payments": payments,
        "payer": invoice.snapshot["bill_to"] if invoice.snapshot else invoice.bill_to,
        "reference": in_fives(invoice.reference or ""),
        "timeline": story(invoice, steps, payments, getattr(invoice, "document", None), user=request.user),
        "links_requests": reads_requests(request.user),
        "may_press": may_book and not invoice.snapshot,
        "may_book": may_book,
        **(_document(invoice, request.user) if invoice.snapshot else {}),
    }
    return render(request, "billing/detail.html", context)


def _printed(invoice):
    """The lines as they were frozen at issue."""
    return [
        line | {"sent_on": date.fromisoformat(line["sent_on"]), "amount": Decimal(line["amount"])}
        for line in invoice.snapshot["lines"]
    ]


def _drafted(invoice):
    rows = invoice.lines.select_related("shipment__request", "shipment__device")
    return [
        {
            "sent_on": row.shipment.handed_over_at,
            "case_reference": row.shipment.request.case_reference,
            "request": row.shipment.request.number,
            "device": row.shipment.device.number,
            "amount": row.amount,
        }
        for row in rows.order_by("shipment__handed_over_at", "pk")
    ]


def _document(invoice, user):
    """How the PDF stands: there, being made, or given up with the reason."""
    document = InvoiceDocument.objects.select_related("file").filter(invoice=invoice).first()
    jobs = Job.objects.filter(kind="billing.make_document", subject=subject_of(invoice))
    if document or jobs.under_way().exists():
        return {"document": document}
    dead = jobs.dead().order_by("-ended_at").first()
    document = InvoiceDocument.objects.select_related("file").filter(invoice=invoice).first()  # made meanwhile
    return {"document": document, "is_stuck": not document, "dead": dead, "may_see_jobs": user.has_role("admin")}


@invoice_reader_required
def download(request, slug):
    """The PDF as it was made once; until then a page that asks again by itself."""
    invoice = _fetch(request, slug)
    if not invoice.snapshot:
        raise Http404
    standing = _document(invoice, request.user)
    if standing["document"] and not request.htmx:
        return documents.send(standing["document"].file)
    template = "billing/_document.html" if request.htmx else "billing/making.html"
    return render(request, template, {"invoice": invoice, **standing})


def _pressed(request, slug):
    """The invoice of a button, also when its draft was issued since; None when it was discarded, 404 for any other."""
    found = Invoice.objects.visible_to(request.user).of_button(slug).select_related("bill_to").first()
    gone = AuditEntry.objects.filter(deed="discard_draft", subject__startswith=f"{slug} ")
    if found is None and not gone.exists():
        raise Http404
    return found


def _gone(request):
    messages.info(request, _("This draft was discarded already. Its parcels wait for the next close."))
    return redirect("billing:month_end")


@require_POST
@treasurer_required
def issue(request, slug):
    invoice = _pressed(request, slug)
    if invoice is None:
        return _gone(request)
    if actions.issue(invoice, by=request.user):
        messages.success(request, _("Issued as %(number)s. The PDF is being made.") % {"number": invoice})
    return redirect(invoice)


@require_POST
@treasurer_required
def discard(request, slug):
    invoice = _pressed(request, slug)
    if invoice is None or not actions.discard(invoice, by=request.user):
        return _gone(request)
    words = _("The draft for %(unit)s is discarded. Its parcels wait for the next close.")
    messages.success(request, words % {"unit": invoice.bill_to})
    return redirect("billing:month_end")


@money_reader_required
def month_end(request):
    """Close a month step by step: checklist and dry run, drafts to look over, numbers and documents."""
    user, today = request.user, timezone.localdate()
    form = MonthForm(request.GET)
    month = form.cleaned_data["month"] if form.is_valid() else month_before(today)
    batch = _batch(request)
    bar = _bar(batch, month) if batch else None
    if request.htmx and bar:
        if bar["over"]:
            return HttpResponseClientRedirect(bar["url"])
        return render(request, "components/_progress.html", bar)
    if bar and request.GET.get("batch") != str(batch.token):
        return redirect(bar["url"])  # what comes of it is told at its own address
    dues, drafts = actions.dry_run(month), drafts_until(month, user)
    issued = _lines(_for_list(Invoice.objects.visible_to(user).issued().of_month(month)).order_by("-place")[:MANY])
    checks = checks_for(month, dues, drafts, today=today)
    stage = stage_of(dues, drafts, is_issued=bool(issued))
    ready = [draft for draft in drafts if not draft.is_held]
    context = {
        "month": month,
        "name": month_words(month),
        "short_name": month_name(month),
        "months": months_back(today),
        "dues": dues,
        "due_parcels": sum(due.parcels for due in dues),
        "due_total": sum(due.total for due in dues),
        "drafts": drafts,
        "ready": ready,
        "ready_parcels": sum(draft.parcels for draft in ready),
        "ready_total": sum(draft.total for draft in ready),
        "numbers": next_numbers(len(ready), today.year) if ready else None,
        "issued": issued,
        "is_done": stage == DONE,
        "checks": checks,
        "lead": lead_for(checks, dues),
        "steps": steps_at(stage),
        "token": uuid.uuid4(),
        "may_press": user.has_role("treasurer", "admin"),
        "progress": bar,
        "at_work": batch is not None and Job.objects.under_way().filter(batch=batch, kind=ISSUE).exists(),
        "outcome": _outcome(batch, user) if batch else None,
    }
    return render(request, "billing/month_end.html", context)


def _batch(request):
    """The press that the address names, else one whose drafts are being issued: the page may have been closed.

    A press whose drafts were all waiting for an earlier one has no job of its own.
    """
    issuing = Batch.objects.filter(jobs__kind=ISSUE).order_by("-pk")
    try:
        named = issuing.filter(token=uuid.UUID(request.GET.get("batch", ""))).first()
    except ValueError:
        named = None
    return named or issuing.filter(jobs__in=Job.objects.under_way().filter(kind=ISSUE)).first()


def _bar(batch, month):
    """The variables of the progress bar: it asks this page for itself."""
    progress = batch.progress()
    over = progress["done"] + progress["dead"] == progress["total"]
    return {"title": _("Invoices and their PDFs"), "url": f"{_of(month)}&batch={batch.token}", "over": over, **progress}


def _outcome(batch, user):
    """What a press came to so far: the invoices it issued, and for each reason the units that got none."""
    jobs = {int(job.key): job for job in batch.jobs.filter(kind=ISSUE).exclude(pk__in=Job.objects.under_way())}
    found = Invoice.objects.visible_to(user).filter(pk__in=jobs).select_related("bill_to").defer("snapshot")
    invoices = {invoice.pk: invoice for invoice in found}
    issued = [invoice for key, invoice in invoices.items() if jobs[key].state == Job.State.DONE and invoice.number]
    reasons = {}
    for key, job in jobs.items():
        if job.state == Job.State.DEAD:
            why = job.refusal or _("An admin finds the reason under “Background work”.")
            unit = invoices[key].bill_to if key in invoices else _("Draft %(id)s") % {"id": key}
            reasons.setdefault(why, []).append(str(unit))
    return {
        "issued": sorted(issued, key=lambda invoice: (invoice.series_id, invoice.number)),
        "refused": [(", ".join(units), why) for why, units in reasons.items()],
    }


@money_reader_required
def due(request, pk):
    """The parcels behind one figure of the dry run."""
    bill_to = get_object_or_404(BillTo.objects.visible_to(request.user).select_related("partner"), pk=pk)
    form = MonthForm(request.GET)
    month = form.cleaned_data["month"] if form.is_valid() else month_before(timezone.localdate())
    actions.refuse_unfinished(month)
    parcels = parcels_due(bill_to, month)
    total = sum(parcel.price for parcel in parcels)
    context = {
        "bill_to": bill_to, "name": month_words(month), "parcels": parcels, "total": total,
        "month_end_url": _of(month),
    }  # fmt: skip
    return render(request, "billing/due.html", context)


@require_POST
@treasurer_required
def close(request):
    """Draft what is due up to the end of a month; pressed again there is nothing left to draft."""
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
    return redirect(_of(month))


def _of(month):
    return f"{reverse('billing:month_end')}?month={month:%Y-%m}"


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
    return redirect(f"{_of(form.cleaned_data['month'])}&batch={batch.token}")


@money_reader_required
def bank_files(request):
    """What waits for a person and the files so far; takes a new file and books it."""
    return _book(request) if request.method == "POST" else _bank_files(request, BankFileForm())


@treasurer_required
def _book(request):
    form = BankFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        deed = partial(actions.import_bank_file, file.read(), name=file.name, by=request.user)
        if done := attempt(form, deed, field="file"):
            imported, is_new = done
            if not is_new:
                messages.info(request, _("This very file was booked before. Nothing has changed."))
            return redirect(imported)
    return _bank_files(request, form)


def _bank_files(request, form):
    waiting = BankTransaction.objects.visible_to(request.user).for_a_person()
    shows_files = request.GET.get("view") == "files"
    found = BankFile.objects.visible_to(request.user) if shows_files else waiting.select_related("file")
    page = page_of(found, request.GET)
    may_book = request.user.has_role("treasurer", "admin")
    context = {
        "form": form if may_book else None,
        "page": page,
        "lines": [] if shows_files else _entries(page.rows, request.user),
        "shows_files": shows_files,
        "views": _tabs(shows_files, "files", _("Files so far"), may_book=may_book),
    }
    return render(request, "billing/bank_files.html", context)


def _tabs(shows_other, key, words, *, may_book):
    """What waits, and the other view of a page."""
    waits = _("Waits for you") if may_book else _("Waits for the treasurer")
    return [
        {"label": waits, "url": "?view=waiting", "current": not shows_other},
        {"label": words, "url": f"?view={key}", "current": shows_other},
    ]


def _entries(rows, user):
    """Bank entries, each with the invoice that its reference names."""
    references = {row.reference for row in rows if row.reference}
    invoices = Invoice.objects.visible_to(user).issued().filter(reference__in=references).with_paid().defer("snapshot")
    named = {invoice.reference: invoice for invoice in invoices}
    return [
        {
            "entry": row,
            "reference": in_fives(row.reference) if is_qr_reference(row.reference) else row.reference,
            "invoice": (invoice := named.get(row.reference)),
            "open": max(invoice.total - invoice.paid, 0) if invoice else None,
        }
        for row in rows
    ]


@money_reader_required
def bank_file(request, pk):
    """What a file booked, and what of it waits for a person, with the reason."""
    found = get_object_or_404(BankFile.objects.visible_to(request.user), pk=pk)
    waiting = found.transactions.for_a_person()
    shows_booked = request.GET.get("view", "waiting" if found.for_a_person else "booked") == "booked"
    page = page_of(found.transactions.booked() if shows_booked else waiting, request.GET)
    may_book = request.user.has_role("treasurer", "admin")
    context = {
        "file": found,
        "page": page,
        "lines": _entries(page.rows, request.user),
        "shows_booked": shows_booked,
        "may_book": may_book,
        "views": _tabs(shows_booked, "booked", _("Booked"), may_book=may_book),
    }
    return render(request, "billing/bank_file.html", context)
