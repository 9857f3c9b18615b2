"""The way of an invoice: a draft, then a fact; what is paid of it is worked out."""

from django.utils.translation import pgettext_lazy

from records.status import Look, Move, Status


class InvoiceStatus(Status):
    DRAFT = "draft", Look(pgettext_lazy("invoice", "Draft"), "none", "pencil")
    ISSUED = "issued", Look(pgettext_lazy("invoice", "Issued"), "work", "receipt")


MOVES = {"issue": Move({InvoiceStatus.DRAFT}, InvoiceStatus.ISSUED)}


class InvoiceState(Status):
    """What people see of an invoice: by the day and by what was paid."""

    DRAFT = "draft", InvoiceStatus.DRAFT.look
    OPEN = "open", Look(pgettext_lazy("invoice", "Open"), "work", "receipt")
    PARTLY_PAID = "partly_paid", Look(pgettext_lazy("invoice", "Partly paid"), "wait", "circle-half")
    OVERDUE = "overdue", Look(pgettext_lazy("invoice", "Overdue"), "stop", "exclamation-triangle-fill")
    PAID = "paid", Look(pgettext_lazy("invoice", "Paid"), "done", "check-circle-fill")
