from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.charges_due import Due, charge, due_per_bill_to, is_anything_due
from billing.lifecycle import InvoiceStatus
from billing.models import Close, Invoice
from billing.periods import completed_period, cut_off
from partners.models import BillTo
from people.models import User
from records import clock
from records.refusals import Refused


def dry_run(month: date) -> list[Due]:
    """Say what closing a month would draft; nothing is written."""
    refuse_unfinished(month)
    return due_per_bill_to(month)


def refuse_unfinished(month: date) -> None:
    """A month can be closed once it is over."""
    if cut_off(month) > clock.now():
        raise Refused(_("This month is not over yet."))


def close_month(month: date, *, by: User | None) -> list[Invoice]:
    """Draft what is due at a month's end, one transaction per bill-to; repeated, it changes nothing."""
    drafts = (close_bill_to(due.bill_to, month, by=by) for due in dry_run(month))  # in the order they are locked
    return [draft for draft in drafts if draft]


@transaction.atomic
def close_bill_to(bill_to: BillTo, month: date, *, by: User | None) -> Invoice | None:
    """Draft one bill-to's parcels of what its cadence has completed at a month's end; None if nothing was due."""
    # Locked first, read after: two closes that overlap, and an issue, wait for each other here.
    bill_to = BillTo.objects.select_for_update(no_key=True).get(pk=bill_to.pk)
    ends_at = cut_off(month, bill_to.cadence)
    if not is_anything_due(bill_to, ends_at):
        return None
    # A draft that is being discarded is waited for, and not found then.
    draft, _is_new = Invoice.objects.select_for_update().get_or_create(
        bill_to=bill_to,
        period=completed_period(month, bill_to.cadence),
        request=None,
        status=InvoiceStatus.DRAFT,
        defaults={"partner_id": bill_to.partner_id},
    )
    charge(draft, ends_at)
    draft.total = draft.lines.aggregate(sum=Sum("amount"))["sum"]
    draft.save(update_fields=["total"])
    Close.objects.create(bill_to=bill_to, cut_off=ends_at, by=by)
    return draft
