import hashlib
import re
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from stdnum import iban

from documents.models import StoredFile
from jobs.models import Batch, Claim, Job
from partners.models import BillTo
from people.models import AuditEntry, User
from records import clock
from records.lifecycle import note_many
from records.refusals import Refused
from requests.models import DeviceRequest

from . import camt, matching
from .invoice_pdf import bill_of, render_invoice
from .lifecycle import InvoiceStatus
from .models import (
    BankFile,
    BankTransaction,
    ChargeLine,
    Close,
    CreditNote,
    CreditorAccount,
    Invoice,
    InvoiceDocument,
    Payment,
    Series,
    VatStatus,
)
from .periods import cut_off, midnight, period_of
from .qr_bill import NotPrintable, payload
from .references import LARGEST_NUMBER, qr_reference

DAYS_TO_PAY = 30
Finding = BankTransaction.Finding

# Neither a live charge nor a live NoCharge; taken with what was handed over before the cut-off, so that late scans come
# along (decisions 1).
UNCHARGED = """
    NOT EXISTS (SELECT 1 FROM billing_chargeline c LEFT JOIN billing_creditline k USING (shipment_id, turn)
                    WHERE c.shipment_id = s.id AND k.shipment_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM billing_nocharge n WHERE n.shipment_id = s.id AND n.revoked_at IS NULL)
"""
TO_BE_CHARGED = (
    f"FROM shipping_shipment s WHERE s.bill_to_id = %(bill_to)s AND s.handed_over_at < %(cut_off)s AND {UNCHARGED}"
)
DUE = f"""
SELECT s.bill_to_id, count(*), sum(s.price), count(*) FILTER (WHERE s.handed_over_at < period.begins_at)
FROM unnest(%(cadences)s, %(begin_at)s, %(cut_offs)s) AS period (cadence, begins_at, cut_off)
JOIN partners_billto b ON b.cadence = period.cadence
JOIN shipping_shipment s ON s.bill_to_id = b.id AND s.handed_over_at < period.cut_off
WHERE {UNCHARGED}
GROUP BY s.bill_to_id
"""
CHARGE = f"""
INSERT INTO billing_chargeline (invoice_id, partner_id, shipment_id, turn, amount)
SELECT %(invoice)s, s.partner_id, s.id,
       COALESCE((SELECT max(turn) + 1 FROM billing_chargeline c WHERE c.shipment_id = s.id), 0), s.price
{TO_BE_CHARGED} ORDER BY s.handed_over_at, s.id
ON CONFLICT (shipment_id, turn) DO NOTHING
"""


@dataclass(frozen=True)
class Due:
    """What closing would draft for one bill-to: parcels, sum in CHF, and how many of them were scanned late."""

    bill_to: BillTo
    parcels: int
    total: Decimal
    late: int


def dry_run(month: date) -> list[Due]:
    """What closing a month would do; nothing is written."""
    refuse_unfinished(month)
    cadences = BillTo.Cadence.values
    values: dict[str, Any] = {
        "cadences": cadences,
        "begin_at": [midnight(period_of(month, cadence)) for cadence in cadences],
        "cut_offs": [cut_off(month, cadence) for cadence in cadences],
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, values)
        rows = cursor.fetchall()
    bill_tos = BillTo.objects.select_related("partner").in_bulk([row[0] for row in rows])
    return [Due(bill_tos[key], *counted) for key, *counted in sorted(rows)]


def close_month(month: date, *, by: User | None) -> list[Invoice]:
    """Draft what is due at a month's end, one transaction per bill-to; repeated, it changes nothing."""
    drafts = (close(due.bill_to, month, by=by) for due in dry_run(month))  # in the order they are locked
    return [draft for draft in drafts if draft]


@transaction.atomic
def close(bill_to: BillTo, month: date, *, by: User | None) -> Invoice | None:
    """Draft one bill-to's parcels of what its cadence has completed at a month's end; None if nothing was due."""
    # Locked first, read after: two overlapping closes, and an issue, wait for each other here.
    bill_to = BillTo.objects.select_for_update(no_key=True).get(pk=bill_to.pk)
    period = period_of(month, bill_to.cadence)
    values: dict[str, Any] = {"bill_to": bill_to.pk, "cut_off": cut_off(month, bill_to.cadence)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 {TO_BE_CHARGED})", values)
        if not cursor.fetchone()[0]:
            return None
        # A draft that is being discarded is waited for, and not found then.
        draft, _is_new = Invoice.objects.select_for_update().get_or_create(
            bill_to=bill_to,
            period=period,
            request=None,
            status=InvoiceStatus.DRAFT,
            defaults={"partner_id": bill_to.partner_id},
        )
        cursor.execute(CHARGE, {**values, "invoice": draft.pk})
    draft.total = draft.lines.aggregate(sum=Sum("amount"))["sum"]
    draft.save(update_fields=["total"])
    Close.objects.create(bill_to=bill_to, cut_off=values["cut_off"], by=by)
    return draft


def refuse_unfinished(month: date) -> None:
    """A month can be closed once it is over."""
    if cut_off(month) > clock.now():
        raise Refused(_("This month is not over yet."))


@transaction.atomic
def order_issue(drafts: Iterable[Invoice], *, token: uuid.UUID, by: User) -> Batch:
    """Have drafts issued, each by a job of its own, in one batch; pressed again, a token gives the same batch."""
    batch, is_new = Batch.objects.get_or_create(
        token=token, owner=by, defaults={"title": _("Invoices and their PDFs"), "acting_for_id": by.acting_for_id}
    )
    if is_new:
        Job.objects.plan_many("billing.issue", sorted(drafts, key=attrgetter("pk")), batch=batch)
    return batch


def issue_ordered(key: int, claim: Claim) -> None:
    """Issue one draft of a batch for who pressed the button; a refusal is said in that person's language."""
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
    """Give a draft the next number and freeze what is printed; False if it was issued by this very press."""
    # In the order of all locks; while its unit is locked, no close adds a line.
    BillTo.objects.select_for_update(no_key=True).get(pk=invoice.bill_to_id)
    billed = DeviceRequest.objects.filter(pk__in=invoice.lines.values("shipment__request"))
    requests = list(billed.select_for_update(no_key=True).order_by("pk"))
    _lock(invoice)
    if invoice.status == InvoiceStatus.ISSUED:
        return invoice.move("issue", by=by)
    lines = list(
        invoice.lines.select_related("shipment__request", "shipment__device").order_by("shipment__handed_over_at", "pk")
    )
    if not lines:
        raise Refused(_("There is nothing on this draft."))
    today = clock.today()
    account = CreditorAccount.objects.on(today)
    if account is None:
        raise Refused(_("No bank account holds today: enter one first."))
    due_on = today + timedelta(days=DAYS_TO_PAY)
    total = sum((line.amount for line in lines), Decimal())
    snapshot = _snapshot(
        invoice,
        lines,
        account=account,
        issued_on=today,
        due_on=due_on,
        total=total,
        contact=by.name if by else settings.ASSOCIATION["name"],
    )
    _refuse_unprintable(invoice, snapshot, account)
    # The series is locked last, and only until this transaction ends.
    name = f"invoice-{today.year}"
    Series.objects.bulk_create([Series(name=name)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(pk=name)
    Series.objects.filter(pk=name).update(last=F("last") + 1)
    number = series.last + 1
    reference = qr_reference(account.reference_prefix, today.year, number)
    moved = invoice.move(
        "issue",
        by=by,
        series=series,
        first=series.first,
        number=number,
        total=total,
        issued_on=today,
        due_on=due_on,
        reference=reference,
        snapshot=snapshot | {"number": f"{today.year}-{number:04}", "reference": reference},
    )
    Job.objects.plan("billing.make_document", invoice, batch=batch)
    note_many(requests, "billed", by=by, numbers_for=lambda _request: {"invoice": invoice.public_number})
    return moved


def _lock(invoice: Invoice) -> None:
    try:
        invoice.lock()
    except Invoice.DoesNotExist as error:
        raise Refused(_("It was discarded meanwhile.")) from error


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
            file = StoredFile.objects.keep(content, media_type="application/pdf", name=name)
            InvoiceDocument.objects.create(invoice=invoice, file=file, sha256=file.sha256)


def _refuse_unprintable(invoice: Invoice, snapshot: dict[str, Any], account: CreditorAccount) -> None:
    """Check the QR-bill before a number is drawn, with the longest number there can be."""
    year = snapshot["issued_on"][:4]
    numbers = {
        "number": f"{year}-{LARGEST_NUMBER}",
        "reference": qr_reference(account.reference_prefix, int(year), LARGEST_NUMBER),
    }
    try:
        payload(bill_of(snapshot | numbers))
    except NotPrintable as error:
        raise _not_printable(invoice, error) from error


def _not_printable(invoice: Invoice, error: NotPrintable) -> Refused:
    return Refused(_("%(invoice)s can’t be printed. %(why)s") % {"invoice": invoice, "why": error})


def _snapshot(
    invoice: Invoice,
    lines: list[ChargeLine],
    *,
    account: CreditorAccount,
    issued_on: date,
    due_on: date,
    total: Decimal,
    contact: str,
) -> dict[str, Any]:
    """All that is printed but number and reference, so that the document never depends on what changes later.

    No recipient is in it.
    """
    bill_to = invoice.bill_to
    vat = VatStatus.objects.on(issued_on)
    return {
        "language": bill_to.language,
        "window": "right",
        "issued_on": issued_on.isoformat(),
        "due_on": due_on.isoformat(),
        "period": invoice.period.isoformat(),
        "period_kind": bill_to.cadence,
        "creditor": creditor_of(account),
        "bill_to": {
            name: getattr(bill_to, name)
            for name in (
                "name",
                "department",
                "street",
                "house_number",
                "postcode",
                "town",
                "country",
                "cost_centre",
                "order_number",
                "supplier_number",
            )
        },
        "contact": contact,
        "lines": [
            {
                "sent_on": timezone.localtime(line.shipment.handed_over_at).date().isoformat(),
                "case_reference": line.shipment.request.case_reference,
                "request": line.shipment.request.number,
                "device": line.shipment.device.number,
                "kind": "laptop",
                "amount": f"{line.amount:.2f}",
            }
            for line in lines
        ],
        "total": f"{total:.2f}",
        "vat": {"number": vat.number, "rate": str(vat.rate)} if vat and vat.number else None,
    }


def creditor_of(account: CreditorAccount) -> dict[str, str]:
    """The association as an invoice names it, its UID without a hint at VAT: that comes with the VAT number only."""
    number = re.match(r"CHE-\d{3}\.\d{3}\.\d{3}", settings.ASSOCIATION["uid"])
    return {**settings.ASSOCIATION, "uid": number[0] if number else "", "iban": account.qr_iban}


@transaction.atomic
def discard(invoice: Invoice, *, by: User) -> bool:
    """Throw a draft away with its lines: no number was drawn, its parcels wait for the next close.

    False if it was thrown away before. Who did it stays in the books, though nothing else of the draft does.
    """
    try:
        invoice.lock()
    except Invoice.DoesNotExist:
        return False
    if invoice.status != InvoiceStatus.DRAFT:
        raise Refused(_("An issued invoice stays as it is. Credit it instead."))
    subject = f"{invoice.slug} bill-to-{invoice.bill_to_id} {invoice.period:%Y-%m}"
    AuditEntry.objects.note("discard_draft", subject=subject, by=by)
    ChargeLine.objects.filter(invoice=invoice).delete()
    invoice.delete()
    return True


def was_discarded(slug: str) -> bool:
    """Whether there was a draft of this name that was thrown away."""
    return AuditEntry.objects.filter(action="discard_draft", subject__startswith=f"{slug} ").exists()


def import_bank_file(content: bytes, *, name: str, by: User | None) -> tuple[BankFile, bool]:
    """Book a bank file, each of its transactions once; False beside the file if this very one was imported before."""
    try:
        message = camt.read(content)
    except camt.Unreadable as error:
        raise Refused(_("%(file)s: %(reason)s") % {"file": name, "reason": error}) from error
    return _book(message, name=name, sha256=hashlib.sha256(content).hexdigest(), by=by)


@transaction.atomic
def _book(message: camt.Message, *, name: str, sha256: str, by: User | None) -> tuple[BankFile, bool]:
    # Imports wait for each other here, so that no other is about to write what one reads below.
    ours = CreditorAccount.objects.select_for_update().names()
    accounts = [_ours(ours, name, entry.account, entry.qr_iban) for entry in message.transactions]
    if not accounts:
        for account in message.accounts:
            _ours(ours, name, account)
    if earlier := BankFile.objects.filter(sha256=sha256).first():
        return earlier, False
    found, times = {}, Counter[tuple[str, str]]()
    if message.kind == camt.NOTIFICATION:  # a statement shows the same money once more: it is for balances
        for account, entry in zip(accounts, message.transactions, strict=True):
            times[account, entry.identity] += 1
            found[account, camt.numbered(entry.identity, times[account, entry.identity])] = entry
    known = BankTransaction.objects.filter(identity__in=[identity for _account, identity in found])
    new = found.copy()
    for key in known.values_list("account", "identity"):
        new.pop(key, None)
    invoices = _lock_invoices({entry.reference for entry in new.values() if not entry.reason})
    open_ones = {row.reference: matching.Open(row.total - row.paid, row.is_credited) for row in invoices}
    findings = matching.findings(new.values(), open_ones)
    booked = findings.count(Finding.EXACT)
    bank_file = BankFile.objects.create(
        name=name[:120],
        sha256=sha256,
        kind=message.kind,
        message_id=message.message_id[:60],
        by=by,
        booked=booked,
        known=len(found) - len(new),
        for_a_person=len(new) - booked,
    )
    rows = (
        BankTransaction(
            file=bank_file,
            account=account,
            identity=identity,
            amount=entry.amount,
            currency=entry.currency,
            booked_on=entry.booked_on,
            reference=entry.reference,
            debtor_name=entry.debtor_name,
            finding=finding,
        )
        for ((account, identity), entry), finding in zip(new.items(), findings, strict=True)
    )
    BankTransaction.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    _pay(bank_file, {invoice.reference: invoice for invoice in invoices}, by=by)
    return bank_file, True


def _ours(ours: dict[str, str], name: str, *named: str) -> str:
    """The ordinary IBAN of the account that a file names; a file of any other account is refused as a whole."""
    for account in named:
        if account in ours:
            return ours[account]
    raise Refused(
        _("%(file)s: the account %(account)s was never ours. Nothing of this file was booked.")
        % {"file": name, "account": iban.format(named[0])}
    )


def _lock_invoices(references: set[str]) -> list[Any]:
    """The issued invoices with these references, locked, and what was paid of each.

    A settled invoice is told on its requests, and requests are locked before invoices (decisions 11).
    """
    wanted = Invoice.objects.issued().filter(reference__in=references)
    lines = ChargeLine.objects.filter(invoice__in=wanted)
    for rows in (DeviceRequest.objects.filter(pk__in=lines.values("shipment__request")), wanted):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return list(wanted.with_paid().annotate(is_credited=Exists(CreditNote.objects.filter(invoice=OuterRef("pk")))))


def _pay(bank_file: BankFile, invoices: dict[str, Any], *, by: User | None) -> None:
    """Book the payments of a file, and tell the requests of every invoice that they settle."""
    payments, settled = [], {}
    for row in bank_file.transactions.filter(finding=Finding.EXACT):
        invoice = invoices[row.reference]
        payments.append(Payment(invoice=invoice, transaction=row, amount=row.amount, paid_on=row.booked_on, by=by))
        invoice.paid += row.amount
        if invoice.paid == invoice.total:
            settled[invoice.pk] = invoice.public_number
    Payment.objects.bulk_create(payments, batch_size=1000)
    told = DeviceRequest.objects.annotate(settled=F("shipments__charges__invoice")).filter(settled__in=settled)
    note_many(told, "paid", numbers_for=lambda device_request: {"invoice": settled[device_request.settled]})
