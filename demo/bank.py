"""Who pays which invoice when, and the bank's files that say so: one a week, imported on Monday mornings."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, groupby
from operator import itemgetter
from random import Random
from typing import NamedTuple, cast
from xml.sax.saxutils import escape

from billing.actions import import_bank_file
from billing.actions.issuing import DAYS_TO_PAY
from billing.models import CreditorAccount, Invoice
from billing.references import qr_reference
from people.models import User
from records import clock

from .calendar import Calendar
from .partners import Client

# What becomes of invoices, one after the other: how much of the total is paid, in one or two parts.
WHOLE, IN_TWO, IN_PART, NOTHING = "whole", "in two", "in part", "nothing"
OLD = (WHOLE, WHOLE, IN_PART, WHOLE, WHOLE, WHOLE, IN_TWO, WHOLE, WHOLE, NOTHING, WHOLE, WHOLE, WHOLE, WHOLE)
YOUNG = (IN_PART, NOTHING, WHOLE, NOTHING)  # those that are not due yet
OLD_WALKED, YOUNG_WALKED = (WHOLE, IN_TWO, WHOLE, WHOLE, NOTHING, WHOLE), (NOTHING, IN_PART)


class Credit(NamedTuple):
    """An amount in CHF that the bank booked on our account."""

    booked_on: date
    amount: Decimal
    debtor: str
    reference: str


def import_payments(rng: Random, calendar: Calendar, treasurer: User, clients: list[Client]) -> None:
    """Import all the bank's files; those who walk pay so that each state of an invoice is among theirs."""
    account = cast(CreditorAccount, CreditorAccount.objects.on(calendar.today))  # `load_demo` begins with one only
    files = _payments(rng, calendar, {client.partner.pk for client in clients if client.is_walked})
    last = calendar.mondays[-1]
    for monday in sorted({*files, last}):
        day, credits = calendar.days[monday], files[monday]
        if monday == last:
            credits += _for_a_person(account, calendar.days[monday - 1])
        with clock.set_to(calendar.moment(rng, monday, 8.25, 9.5)):
            import_bank_file(notification(account, day, credits), name=f"camt.054_{day:%Y%m%d}.xml", by=treasurer)


def _payments(rng: Random, calendar: Calendar, walked: set[int]) -> defaultdict[int, list[Credit]]:
    """What is paid of the issued invoices, by the place of the Monday on which its file is imported."""
    old, young = (cycle(OLD), cycle(OLD_WALKED)), (cycle(YOUNG), cycle(YOUNG_WALKED))
    found: defaultdict[int, list[Credit]] = defaultdict(list)
    for invoice in Invoice.objects.issued().select_related("bill_to").order_by("place"):
        issued_on = cast(date, invoice.issued_on)  # only a draft has none
        outcomes = young if issued_on + timedelta(days=DAYS_TO_PAY) >= calendar.today else old
        outcome = next(outcomes[invoice.partner_id in walked])
        for place, amount in _parts(rng, calendar, calendar.index_of_day(issued_on), invoice.total)[outcome]:
            monday = next((monday for monday in calendar.mondays if monday > place), None)
            if monday is None:  # it is on the account, but its file is not imported yet
                continue
            found[monday].append(_credit(invoice, calendar.days[place], amount))
    return found


def _parts(rng: Random, calendar: Calendar, issued: int, total: Decimal) -> dict[str, list[tuple[int, Decimal]]]:
    """In which parts an invoice would be paid, whatever comes of it: the place of the day, and the amount in CHF."""
    was_held = issued >= calendar.held_until
    # Others are paid once each of their parcels has arrived, or is known to be lost.
    first = issued + (2 if was_held else rng.randrange(8, 24))
    part = max(total - 150, total / 2)
    return {
        WHOLE: [(first, total)],
        IN_TWO: [(first, part), (first + 5, total - part)],
        IN_PART: [(first, part)],
        NOTHING: [],
    }


def _credit(invoice: Invoice, booked_on: date, amount: Decimal) -> Credit:
    """What its debtor pays of an issued invoice."""
    return Credit(booked_on, amount, invoice.bill_to.name, cast(str, invoice.reference))


def _for_a_person(account: CreditorAccount, booked_on: date) -> list[Credit]:
    """Two that a person must look at: what was paid once more, and what no invoice has the reference of."""
    paid = Invoice.objects.in_state("paid").select_related("bill_to").order_by("place").first()
    twice = [_credit(paid, booked_on, paid.total)] if paid else []
    unknown = qr_reference(account.reference_prefix, 2019, 4711)
    return [*twice, Credit(booked_on, Decimal("150.00"), "Gemeinde Hinterthal", unknown)]


def notification(account: CreditorAccount, day: date, credits: list[Credit]) -> bytes:
    """A credit notification (camt.054) as the bank writes it, with one booking for all that came in on a day."""
    credits = sorted(credits)
    bookings = "".join(
        _booking(account, booked_on, list(of_a_day)) for booked_on, of_a_day in groupby(credits, itemgetter(0))
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>DEMO-{day:%Y%m%d}</MsgId><CreDtTm>{day}T06:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>DEMO-{day:%Y%m%d}</Id><Acct><Id><IBAN>{account.iban}</IBAN></Id></Acct>
{bookings}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
""".encode()


def _booking(account: CreditorAccount, booked_on: date, credits: list[Credit]) -> str:
    total = sum(credit.amount for credit in credits)
    name = f"{booked_on:%Y%m%d}"
    details = "".join(_details(f"{name}{n:06}", credit) for n, credit in enumerate(credits, 1))
    return f"""<Ntry><NtryRef>{account.qr_iban}</NtryRef><Amt Ccy="CHF">{total:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{booked_on}</Dt></BookgDt><AcctSvcrRef>{name}</AcctSvcrRef>
<NtryDtls>{details}</NtryDtls></Ntry>
"""


def _details(name: str, credit: Credit) -> str:
    return f"""<TxDtls><Refs><AcctSvcrRef>{name}</AcctSvcrRef></Refs><Amt Ccy="CHF">{credit.amount:.2f}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>{escape(credit.debtor)}</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp><Ref>{credit.reference}</Ref>
</CdtrRefInf></Strd></RmtInf></TxDtls>
"""
