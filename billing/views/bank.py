from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from billing import actions
from billing.forms import BankFileForm
from billing.models import BankFile, BankTransaction, Invoice
from billing.references import in_fives, is_qr_reference
from people.access import money_reader_required, treasurer_required
from web.forms import attempt
from web.pagination import paginate


@money_reader_required
def bank_files(request):
    """What waits for a person and the files so far; takes a new file and books it."""
    return _book_file(request) if request.method == "POST" else _files_page(request, BankFileForm())


@treasurer_required
def _book_file(request):
    form = BankFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        action = partial(actions.import_bank_file, file.read(), name=file.name, by=request.user)
        if done := attempt(form, action, field="file"):
            imported, is_new = done
            if not is_new:
                messages.info(request, _("This very file was booked before. Nothing has changed."))
            return redirect(imported)
    return _files_page(request, form)


def _files_page(request, form):
    waiting = BankTransaction.objects.visible_to(request.user).for_a_person()
    shows_files = request.GET.get("view") == "files"
    found = BankFile.objects.visible_to(request.user) if shows_files else waiting.select_related("file")
    page = paginate(found, request.GET)
    may_book = treasurer_required.allowed(request.user)
    context = {
        "form": form if may_book else None,
        "page": page,
        "lines": [] if shows_files else _entry_lines(page.rows, request.user),
        "shows_files": shows_files,
        "views": _view_links(shows_files, "files", _("Files so far"), may_book=may_book),
    }
    return render(request, "billing/bank_files.html", context)


@money_reader_required
def bank_file(request, pk):
    """What a file booked, and what of it waits for a person, with the reason."""
    found = get_object_or_404(BankFile.objects.visible_to(request.user), pk=pk)
    waiting = found.transactions.for_a_person()
    shows_booked = request.GET.get("view", "waiting" if found.for_a_person else "booked") == "booked"
    page = paginate(found.transactions.booked() if shows_booked else waiting, request.GET)
    may_book = treasurer_required.allowed(request.user)
    context = {
        "file": found,
        "page": page,
        "lines": _entry_lines(page.rows, request.user),
        "shows_booked": shows_booked,
        "may_book": may_book,
        "views": _view_links(shows_booked, "booked", _("Booked"), may_book=may_book),
    }
    return render(request, "billing/bank_file.html", context)


def _view_links(shows_other, key, words, *, may_book):
    """What waits, and the other view of a page."""
    waits = _("Waits for you") if may_book else _("Waits for the treasurer")
    return [
        {"label": waits, "url": "?view=waiting", "current": not shows_other},
        {"label": words, "url": f"?view={key}", "current": shows_other},
    ]


def _entry_lines(rows, user):
    """Bank entries, each with the invoice that its reference names."""
    references = {row.reference for row in rows if row.reference}
    invoices = Invoice.objects.visible_to(user).issued().of_references(references).with_paid().defer("snapshot")
    named = {invoice.reference: invoice for invoice in invoices}
    return [
        {
            "entry": row,
            "reference": in_fives(row.reference) if is_qr_reference(row.reference) else row.reference,
            "invoice": (invoice := named.get(row.reference)),
            "open": max(invoice.left_to_pay, 0) if invoice else None,
        }
        for row in rows
    ]
