from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.templatetags.swiss import money
from records import clock
from web.todo import Todo

from .actions import dry_run
from .models import BankTransaction, Invoice
from .periods import month_before, words_for


def todo_for(user):
    """The month to close, drafts, overdue invoices and bank entries for treasurers; what is open for who pays."""
    if user.acting_for:
        return _for_partner(user)
    if not user.has_role("treasurer", "admin"):
        return []
    found = [_to_close(), _drafts(user), _overdue(user), _bank_entries()]
    return [todo for todo in found if todo]


def _to_close():
    month = month_before(clock.today())
    dues = dry_run(month)
    if not dues:
        return None
    parcels = sum(due.parcels for due in dues)
    return Todo(
        parcels,
        ngettext("Parcel to charge for %(month)s", "Parcels to charge for %(month)s", parcels)
        % {"month": words_for(month, "month")},
        _("%(sum)s up to the end of the month. A dry run shows what closing would do.")
        % {"sum": money(sum(due.total for due in dues))},
        reverse("billing:month_end"),
        _("Close the month"),
        urgency=58,
    )


def _drafts(user):
    drafts = Invoice.objects.visible_to(user).drafts().count()
    if not drafts:
        return None
    return Todo(
        drafts,
        ngettext("Draft to look over", "Drafts to look over", drafts),
        _("Nothing is sent before you issue it."),
        reverse("billing:month_end"),
        _("Look over"),
        urgency=57,
    )


def _overdue(user):
    overdue = Invoice.objects.visible_to(user).in_state("overdue").count()
    if not overdue:
        return None
    return Todo(
        overdue,
        ngettext("Invoice is overdue", "Invoices are overdue", overdue),
        _("The day to pay is past and money is open."),
        reverse("billing:list") + "?state=overdue",
        _("See what is open"),
        urgency=45,
    )


def _bank_entries():
    entries = BankTransaction.objects.for_a_person().count()
    if not entries:
        return None
    return Todo(
        entries,
        ngettext("Bank entry waits for you", "Bank entries wait for you", entries),
        _("No invoice fits by itself."),
        reverse("billing:bank_files"),
        _("See the entries"),
        urgency=48,
    )


def _for_partner(user):
    unpaid = Invoice.objects.visible_to(user).in_state("unpaid").count()
    if not unpaid:
        return []
    return [
        Todo(
            unpaid,
            ngettext("Invoice to pay", "Invoices to pay", unpaid),
            _("The PDF has the QR code for your bank."),
            reverse("billing:list") + "?view=unpaid",
            _("See the invoices"),
            urgency=40,
        )
    ]
