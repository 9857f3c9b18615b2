import hashlib
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from stdnum import iban

from billing import camt, matching
from billing.models import BankFile, BankTransaction, ChargeLine, CreditNote, CreditorAccount, Invoice, Payment
from people.models import User
from records.lifecycle import note_many
from records.refusals import Refused
from requests.models import DeviceRequest

Finding = BankTransaction.Finding


def import_bank_file(content: bytes, *, name: str, by: User | None) -> tuple[BankFile, bool]:
    """Book a bank file, each of its transactions once; with False if the same file was imported before."""
    try:
        message = camt.read(content)
    except camt.Unreadable as error:
        raise Refused(_("%(file)s: %(reason)s") % {"file": name, "reason": error}) from error
    return _book(message, name=name, sha256=hashlib.sha256(content).hexdigest(), by=by)


@transaction.atomic
def _book(message: camt.Message, *, name: str, sha256: str, by: User | None) -> tuple[BankFile, bool]:
    # Imports wait for each other here, so that no other is about to write what this one reads below.
    our_ibans = CreditorAccount.objects.select_for_update().our_ibans()
    accounts = [_our_iban(our_ibans, name, entry.account, entry.qr_iban) for entry in message.transactions]
    if not accounts:
        for account in message.accounts:
            _our_iban(our_ibans, name, account)
    if earlier := BankFile.objects.filter(sha256=sha256).first():
        return earlier, False
    found = _by_identity(message, accounts)
    new = _without_known(found)
    invoices = _lock_invoices({entry.reference for entry in new.values() if not entry.reason})
    still_open = {row.reference: matching.Open(row.left_to_pay, row.is_credited) for row in invoices}
    findings = matching.findings(new.values(), still_open)
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


def _our_iban(our_ibans: dict[str, str], name: str, *accounts: str) -> str:
    """The ordinary IBAN of the account that a file names; a file of any other account is refused as a whole."""
    for account in accounts:
        if account in our_ibans:
            return our_ibans[account]
    raise Refused(
        _("%(file)s: the account %(account)s was never ours. Nothing of this file was booked.")
        % {"file": name, "account": iban.format(accounts[0])}
    )


Entries = dict[tuple[str, str], camt.Transaction]  # by our IBAN and the bank's identity


def _by_identity(message: camt.Message, accounts: list[str]) -> Entries:
    """The transactions that a file asks to book; none of a statement, which shows the same money once more."""
    found: Entries = {}
    times = Counter[tuple[str, str]]()
    if message.kind == camt.NOTIFICATION:
        for account, entry in zip(accounts, message.transactions, strict=True):
            times[account, entry.identity] += 1
            found[account, camt.numbered(entry.identity, times[account, entry.identity])] = entry
    return found


def _without_known(found: Entries) -> Entries:
    """Those that no earlier file has brought."""
    known = BankTransaction.objects.filter(identity__in=[identity for _account, identity in found])
    new = found.copy()
    for key in known.values_list("account", "identity"):
        new.pop(key, None)
    return new


def _lock_invoices(references: set[str]) -> list[Any]:
    """The issued invoices with these references, locked, each with `paid` and `is_credited`.

    A settled invoice is noted on its requests, and requests are locked before invoices, as at issue.
    """
    wanted = Invoice.objects.issued().of_references(references)
    lines = ChargeLine.objects.filter(invoice__in=wanted)
    for rows in (DeviceRequest.objects.filter(pk__in=lines.values("shipment__request")), wanted):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return list(wanted.with_paid().annotate(is_credited=Exists(CreditNote.objects.filter(invoice=OuterRef("pk")))))


def _pay(bank_file: BankFile, invoices: dict[str, Any], *, by: User | None) -> None:
    """Book the payments of a file, and note on the requests of every invoice that they settle that it is paid."""
    payments, settled = [], {}
    for row in bank_file.transactions.filter(finding=Finding.EXACT):
        invoice = invoices[row.reference]
        payments.append(Payment(invoice=invoice, transaction=row, amount=row.amount, paid_on=row.booked_on, by=by))
        invoice.paid += row.amount
        if invoice.paid == invoice.total:
            settled[invoice.pk] = invoice.public_number
    Payment.objects.bulk_create(payments, batch_size=1000)
    billed = DeviceRequest.objects.annotate(settled=F("shipments__charges__invoice")).filter(settled__in=settled)
    note_many(billed, "paid", numbers_for=lambda device_request: {"invoice": settled[device_request.settled]})
