from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records import clock
from web.todo import Todo

from .charges_due import parcels_to_charge
from .models import BankTransaction, CreditorAccount, Invoice, VatStatus
from .periods import month_before, words_for


def counts_for(user):
    invoices = Invoice.objects.visible_to(user)
    if user.acting_for:
        to_pay = invoices.in_state("unpaid").filter(due_on__gte=clock.today())
        return {"to_pay": to_pay, "late": invoices.in_state("overdue")}
    if not user.has_role("treasurer", "admin"):
        return {}
    return {
        "to_charge": parcels_to_charge(_month()),
        "drafts": invoices.drafts(),
        "overdue": invoices.in_state("overdue"),
        "bank_entries": BankTransaction.objects.for_a_person(),
        "accounts": CreditorAccount.objects.proposed().exclude(proposed_by=user),
        "vat_statuses": VatStatus.objects.proposed().exclude(proposed_by=user),
    }


def todo_for(user, counts):
    """The month to close, drafts, overdue invoices and bank entries for treasurers; what is to pay for who pays."""
    makers = {
        "to_charge": _to_close,
        "drafts": _drafts,
        "overdue": _overdue,
        "bank_entries": _bank_entries,
        "accounts": _accounts,
        "vat_statuses": _accounts,
        "to_pay": _to_pay,
        "late": _late,
    }
    return [makers[name](count) for name, count in counts.items() if count]


def _accounts(waiting):
    return Todo(
        waiting,
        ngettext("Change of account or VAT waits for you", "Changes of account or VAT wait for you", waiting),
        _("A colleague has proposed it. It holds once a second person has confirmed it."),
        reverse("billing:accounts"),
        _("Look at it"),
        urgency=70,
        tone="stop",
    )


def _month():
    return month_before(clock.today())


def _to_close(parcels):
    return Todo(
        parcels,
        ngettext("Parcel to charge for %(month)s", "Parcels to charge for %(month)s", parcels)
        % {"month": words_for(_month(), "month")},
        _("Handed over up to the end of the month. A dry run shows what closing would do, with its sums."),
        reverse("billing:month_end"),
        _("Close the month"),
        urgency=58,
    )


def _drafts(drafts):
    return Todo(
        drafts,
        ngettext("Draft to look over", "Drafts to look over", drafts),
        _("Nothing is sent before you issue it."),
        reverse("billing:month_end"),
        _("Look over"),
        urgency=57,
    )


def _overdue(overdue):
    return Todo(
        overdue,
        ngettext("Invoice is overdue", "Invoices are overdue", overdue),
        _("The day to pay is past and money is open."),
        reverse("billing:list") + "?state=overdue",
        _("See what is open"),
        urgency=45,
    )


def _bank_entries(entries):
    return Todo(
        entries,
        ngettext("Bank entry waits for you", "Bank entries wait for you", entries),
        _("Not booked automatically: the page says why."),
        reverse("billing:bank_files"),
        _("See the entries"),
        urgency=48,
    )


def _late(invoices):
    """The same for who has to pay."""
    return Todo(
        invoices,
        ngettext("Invoice is overdue", "Invoices are overdue", invoices),
        _("The day to pay is past. The PDF has the QR code for your bank."),
        reverse("billing:list") + "?state=overdue",
        _("See what is open"),
        urgency=45,
        tone="stop",
    )


def _to_pay(invoices):
    return Todo(
        invoices,
        ngettext("Invoice to pay", "Invoices to pay", invoices),
        _("The PDF has the QR code for your bank."),
        reverse("billing:list") + "?view=unpaid",
        _("See the invoices"),
        urgency=40,
    )
