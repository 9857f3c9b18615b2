import uuid
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.invoice_pdf import bill_from_snapshot, render_invoice
from billing.lifecycle import InvoiceStatus
from billing.models import ChargeLine, CreditorAccount, Invoice, InvoiceDocument, Series, VatStatus
from billing.qr_bill import NotPrintable, payload
from billing.references import LARGEST_NUMBER, public_number, qr_reference
from billing.snapshot import build_snapshot
from documents.models import StoredFile
from jobs.models import Batch, Claim, Job
from partners.models import BillTo
from people.models import AuditEntry, User
from records import clock
from records.lifecycle import note_many
from records.refusals import Refused
from requests.models import DeviceRequest

DAYS_TO_PAY = 30


@transaction.atomic
def order_issue(drafts: Iterable[Invoice], *, token: uuid.UUID, by: User, fingerprint: str = "") -> Batch:
    """Have drafts issued, each by a job of its own, in one batch; the same token gives the same batch again.

    With the `fingerprint` of those that were looked over, refuse when they are others now, or their sums.
    """
    batch, is_new = Batch.objects.get_or_create(
        token=token, owner=by, defaults={"title": _("Invoices and their PDFs"), "acting_for_id": by.acting_for_id}
    )
    if is_new:
        found = sorted(drafts, key=attrgetter("pk"))
        same = Invoice.objects.filter(pk__in=[draft.pk for draft in found])
        if fingerprint and same.sums()["fingerprint"] != fingerprint:
            raise Refused(_("Drafts have come, gone or changed since this page was shown. Look them over once more."))
        Job.objects.plan_many("billing.issue", found, batch=batch)
    return batch


def issue_ordered(key: int, claim: Claim) -> None:
    """Issue one draft of a batch on behalf of its owner; a refusal is in that person's language."""
    batch = cast(Batch, claim.job.batch)
    by = cast(User, batch.owner)
    with translation.override(by.language):
        draft = Invoice.objects.filter(pk=key).first()
        if draft is None:
            raise Refused(_("It was discarded meanwhile."))
        with claim.held():
            issue(draft, by=by, batch=batch)


@transaction.atomic
def issue(invoice: Invoice, *, by: User | None, batch: Batch | None = None) -> bool:
    """Give a draft the next number and freeze what is printed; False if this person issued it before.

    The number is drawn last, so that nobody waits longer than needed for the next one.
    """
    # In the order of all locks; while its bill-to is locked, no close adds a line.
    BillTo.objects.select_for_update(no_key=True).get(pk=invoice.bill_to_id)
    billed = DeviceRequest.objects.filter(pk__in=invoice.lines.values("shipment__request"))
    requests = list(billed.select_for_update(no_key=True).order_by("pk"))
    try:
        invoice.lock()
    except Invoice.DoesNotExist as error:
        raise Refused(_("It was discarded meanwhile.")) from error
    if invoice.status == InvoiceStatus.ISSUED:
        if batch:  # somebody else pressed at the same time: what this press wanted is done
            return False
        return invoice.move("issue", by=by, is_locked=True)
    charges = list(invoice.lines.for_print())
    if not charges:
        raise Refused(_("There is nothing on this draft."))
    today = clock.today()
    account = CreditorAccount.objects.on(today)
    if account is None:
        raise Refused(_("No bank account holds today: enter one first."))
    due_on = today + timedelta(days=DAYS_TO_PAY)
    total = sum((charge.amount for charge in charges), Decimal())
    snapshot = build_snapshot(
        invoice,
        charges,
        account=account,
        vat_status=VatStatus.objects.on(today),
        issued_on=today,
        due_on=due_on,
        total=total,
        contact=by.name if by else settings.ASSOCIATION["name"],
    )
    _refuse_unprintable(invoice, snapshot, account)
    series, number = Series.objects.draw(today.year)
    reference = qr_reference(account.reference_prefix, today.year, number)
    moved = invoice.move(
        "issue",
        by=by,
        is_locked=True,
        series=series,
        first=series.first,
        number=number,
        total=total,
        issued_on=today,
        due_on=due_on,
        reference=reference,
        snapshot=snapshot | {"number": public_number(today.year, number), "reference": reference},
    )
    Job.objects.plan("billing.make_document", invoice, batch=batch)
    note_many(requests, "billed", by=by, numbers_for=lambda _request: {"invoice": invoice.public_number})
    return moved


def make_document(invoice: Invoice, claim: Claim) -> None:
    """Render an issued invoice from its snapshot and keep the PDF; what is kept is never rendered again."""
    kept = InvoiceDocument.objects.filter(invoice=invoice)
    if kept.exists():
        return
    snapshot = cast(dict[str, Any], invoice.snapshot)  # a draft has none, and no such job
    try:
        content = render_invoice(snapshot)
    except NotPrintable as error:
        raise _not_printable(invoice, error) from error
    with translation.override(snapshot["language"]):
        name = f"{_('Invoice')}-{invoice.public_number}.pdf"
    with claim.held():
        invoice.lock()  # a second job for it waits here
        if not kept.exists():
            file = StoredFile.objects.store(content, media_type="application/pdf", name=name)
            InvoiceDocument.objects.create(invoice=invoice, file=file, sha256=file.sha256)


def _refuse_unprintable(invoice: Invoice, snapshot: dict[str, Any], account: CreditorAccount) -> None:
    """Check the QR-bill before a number is drawn, with the longest number there can be."""
    year = int(snapshot["issued_on"][:4])
    numbers = {
        "number": public_number(year, LARGEST_NUMBER),
        "reference": qr_reference(account.reference_prefix, year, LARGEST_NUMBER),
    }
    try:
        payload(bill_from_snapshot(snapshot | numbers))
    except NotPrintable as error:
        raise _not_printable(invoice, error) from error


def _not_printable(invoice: Invoice, error: NotPrintable) -> Refused:
    return Refused(_("%(invoice)s can’t be printed. %(why)s") % {"invoice": invoice, "why": error})


@transaction.atomic
def discard(invoice: Invoice, *, by: User) -> bool:
    """Delete a draft with its lines: no number was drawn, its parcels wait for the next close.

    False if it was discarded before. An audit entry says who did it.
    """
    try:
        invoice.lock()
    except Invoice.DoesNotExist:
        return False
    if invoice.status != InvoiceStatus.DRAFT:
        raise Refused(_("An issued invoice stays as it is. Credit it instead."))
    subject = f"{invoice.slug} bill-to-{invoice.bill_to_id} {invoice.period:%Y-%m}"
    AuditEntry.objects.record("discard_draft", subject=subject, by=by)
    ChargeLine.objects.filter(invoice=invoice).delete()
    invoice.delete()
    return True


def was_discarded(slug: str) -> bool:
    """Whether there was a draft with this slug that was discarded."""
    return AuditEntry.objects.filter(action="discard_draft", subject__startswith=f"{slug} ").exists()
