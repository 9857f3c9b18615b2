from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing import actions
from billing.forms import FilterForm
from billing.models import Invoice
from billing.next_steps import next_step_for
from billing.pdf_progress import pdf_progress
from billing.references import in_fives
from billing.snapshot import printed_lines
from billing.tables import columns_for
from billing.timeline import timeline
from documents import views as documents
from partners.access import invoice_reader_required, reads_requests
from partners.models import Partner
from people.access import treasurer_required
from web.filters import chips
from web.pagination import find_row, paginate

VIEWS = {"all": gettext_lazy("Everything"), "unpaid": gettext_lazy("To be paid"), "draft": gettext_lazy("Drafts")}


@invoice_reader_required
def index(request):
    """The invoices this person may see, newest first: saved views, filters in the address."""
    params, user = request.GET, request.user
    form = FilterForm(params, user=user)
    form.is_valid()  # what is no filter is left out, the other one still holds
    words, state = form.cleaned_data.get("q"), form.cleaned_data.get("state")
    offered = [key for key in VIEWS if key != "draft" or not user.acting_for]
    chosen = params.get("view") if params.get("view") in offered else "all"
    found = Invoice.objects.visible_to(user)
    for wanted in (chosen, state):
        if wanted and wanted != "all":
            found = found.in_state(wanted)
    if words:
        found = found.matching_words(words, of=user.acting_for)
    partner = _asked_partner(params, user)
    if partner:
        found = found.filter(partner=partner)
    page = paginate(found.for_list(), params, key="place")
    of = f"&partner={partner.pk}" if partner else ""
    label = dict(form.fields["state"].choices)[state] if state else ""
    context = {
        "page": page,
        "columns": columns_for(),
        "form": form,
        "kept": [(name, params[name]) for name in ("view", "partner", "rows") if params.get(name)],
        "filtered": bool(words or state or partner),
        "views": [{"label": VIEWS[key], "url": f"?view={key}{of}", "current": key == chosen} for key in offered],
        "chips": chips(params, {"q": words, "state": label, "partner": partner}),
    }
    return render(request, "billing/list.html", context)


def _asked_partner(params, user):
    """The organisation asked for in the address, if this person may see it."""
    return find_row(Partner.objects.visible_to(user), params.get("partner"))


def _fetch_invoice(request, slug, *related):
    found = Invoice.objects.visible_to(request.user).by_slug_or_former_draft(slug).with_paid()
    return get_object_or_404(found.select_related("bill_to", "partner", *related))


@invoice_reader_required
def detail(request, slug):
    """One invoice: how it stands, its lines down to the parcel, its payments; never a recipient."""
    invoice = _fetch_invoice(request, slug, "document")
    if invoice.slug != slug:
        return redirect(invoice)
    steps = list(invoice.steps.select_related("by"))
    payments = list(invoice.payments.order_by("paid_on", "pk"))
    context = {
        "invoice": invoice,
        "lines": printed_lines(invoice),
        "next": next_step_for(invoice, request.user),
        "open": invoice.left_to_pay,
        "payments": payments,
        "payer": invoice.snapshot["bill_to"] if invoice.snapshot else invoice.bill_to,
        "reference": in_fives(invoice.reference or ""),
        "timeline": timeline(invoice, steps, payments, getattr(invoice, "document", None), user=request.user),
        "links_requests": reads_requests(request.user),
        "may_press": treasurer_required.allowed(request.user) and not invoice.snapshot,
        **(_pdf_context(invoice, request.user) if invoice.snapshot else {}),
    }
    return render(request, "billing/detail.html", context)


@invoice_reader_required
def download(request, slug):
    """The PDF as it was made once; until then a page that asks again by itself."""
    invoice = _fetch_invoice(request, slug)
    if not invoice.snapshot:
        raise Http404
    context = _pdf_context(invoice, request.user)
    if context["document"] and not request.htmx:
        return documents.send(context["document"].file)
    template = "billing/_document.html" if request.htmx else "billing/making.html"
    return render(request, template, {"invoice": invoice, **context})


def _pdf_context(invoice, user):
    """The variables of `billing/_document.html`."""
    pdf = pdf_progress(invoice)
    return {
        "document": pdf.document,
        "is_stuck": pdf.is_stuck,
        "dead": pdf.dead_job,
        "may_see_jobs": user.has_role("admin"),
    }


@require_POST
@treasurer_required
def issue(request, slug):
    invoice = _invoice_of_button(request, slug)
    if invoice is None:
        return _already_discarded(request)
    if actions.issue(invoice, by=request.user):
        messages.success(request, _("Issued as %(number)s. The PDF is being made.") % {"number": invoice})
    return redirect(invoice)


@require_POST
@treasurer_required
def discard(request, slug):
    invoice = _invoice_of_button(request, slug)
    if invoice is None or not actions.discard(invoice, by=request.user):
        return _already_discarded(request)
    words = _("The draft for %(unit)s is discarded. Its parcels wait for the next close.")
    messages.success(request, words % {"unit": invoice.bill_to})
    return redirect("billing:month_end")


def _invoice_of_button(request, slug):
    """The invoice of a button, also when its draft was issued since; None when it was discarded, 404 for any other."""
    found = Invoice.objects.visible_to(request.user).by_slug_or_former_draft(slug).select_related("bill_to").first()
    if found is None and not actions.was_discarded(slug):
        raise Http404
    return found


def _already_discarded(request):
    messages.info(request, _("This draft was discarded already. Its parcels wait for the next close."))
    return redirect("billing:month_end")
