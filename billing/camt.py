"""Bank files: credit notifications (camt.054) and statements (camt.053), versions .04 and .08 alike.

Elements are found by their local names: each version has a namespace of its own (Swiss Payment Standards, Cash
Management). What is read here is only what was booked; what it pays is decided elsewhere.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from re import fullmatch
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from lxml import etree

from .references import is_qr_reference

Element = Any  # lxml has no types of its own

LARGEST = 36 * 1024 * 1024  # bytes: ten thousand payments with all that banks add to them
MOST_PARTS = 30_000  # bookings, their parts and accounts: some 100 µs each
MOST_HELD = 10_000  # elements that wait for their booking's end: a bank writes some hundred
MOST_ATTRIBUTES = 400_000
LONGEST_IDENTITY = 120
ZURICH = ZoneInfo("Europe/Zurich")
OURS = "CHF"

NOTIFICATION, STATEMENT = "camt.054", "camt.053"
KINDS = {"BkToCstmrDbtCdtNtfctn": NOTIFICATION, "BkToCstmrStmt": STATEMENT, "BkToCstmrAcctRpt": "camt.052"}
NAMELESS = {"NOTPROVIDED", "NONREF", "UNKNOWN"}  # what banks write where they have no name
WATCHED = [f"{{*}}{name}" for name in ("Document", *KINDS, "GrpHdr", "Acct", "Ntry", "TxDtls")]
BEGINNINGS = {b"%PDF-": "pdf", b"PK\x03\x04": "packed", b"\x1f\x8b": "packed"}
NO_CHARACTERS = {
    etree.ErrorTypes.ERR_INVALID_CHAR,
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
}

SENTENCES = {
    "empty": _("This file is empty. Download it from the bank once more."),
    "too_large": _("This file is larger than 36 MB. Ask the bank for a shorter span of days."),
    "pdf": _("This is a PDF. The bank offers the same as camt.054, an XML file."),
    "packed": _("This file is packed (zip). Unpack it and take the XML files inside, one by one."),
    "not_xml": _("This is no bank file. The bank calls the right one camt.054 (credit notification, XML)."),
    "doctype": _("This file defines parts of its own (DOCTYPE), which no bank does. Nothing of it was read."),
    "encoding": _("Line %(line)s holds letters that don’t fit the rest. Download the file from the bank once more."),
    "truncated": _("This file ends in the middle. Download it from the bank once more."),
    "broken": _("This file is damaged in line %(line)s. Download it from the bank once more."),
    "other": _("This is XML, but no credit notification (camt.054) and no statement (camt.053)."),
    "intraday": _("This is a report during the day (camt.052), which can still change. Take the camt.054 instead."),
    "no_account": _("This file names no account. Ask the bank for the file again."),
    "many": _("This file holds more parts than any bank writes. Ask the bank for a shorter span of days."),
    "account": _("Line %(line)s: a booking without an account. Ask the bank for the file again."),
    "amount": _("Line %(line)s: an amount that can’t be read. Ask the bank for the file again."),
    "direction": _("Line %(line)s: a booking that is neither in nor out. Ask the bank for the file again."),
    "day": _("Line %(line)s: a booking without a readable day. Ask the bank for the file again."),
}


class Unreadable(Exception):
    """A file that can't be taken for what it should be: a code of `SENTENCES` and the line, if it has one."""

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code, line)
        self.code, self.line = code, line

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % {"line": self.line}


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement that the bank booked; `amount` in `currency`, negative when money left.

    `account` is what `Acct` names, `qr_iban` what `NtryRef` names. `reason` is empty for a payment in francs with
    one valid QR reference; else it says why a person must look: taken_back, uneven (the parts don't add up),
    currency, missing, invalid or several (references).
    """

    account: str
    qr_iban: str
    identity: str
    amount: Decimal
    currency: str
    is_reversal: bool
    booked_on: date
    reference: str
    debtor_name: str
    reason: str


@dataclass(frozen=True)
class Message:
    """What a bank file says; `accounts` also names those on which nothing moved."""

    kind: str
    message_id: str
    accounts: tuple[str, ...]
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A `TxDtls`: what it leaves open is empty, a `sign` of 0 is its booking's; `fault` is what its reference lacks."""

    names: tuple[str, ...] = ()
    amount: Decimal = Decimal(0)
    currency: str = ""
    sign: int = 0
    is_returned: bool = False
    reference: str = ""
    fault: str = "missing"
    debtor_name: str = ""


@dataclass(frozen=True, slots=True)
class _Booking:
    """An `Ntry`: what stands on the account's statement; `amount` is negative when money left."""

    account: str
    qr_iban: str
    name: str
    amount: Decimal
    currency: str
    sign: int
    is_reversal: bool
    booked_on: date


def read(content: bytes) -> Message:
    """Read a whole bank file or raise Unreadable; no entity, DTD or address in it is ever followed."""
    if len(content) > LARGEST:
        raise Unreadable("too_large")
    start = content.removeprefix(b"\xef\xbb\xbf")[:200].lstrip()
    if not start:
        raise Unreadable("empty")
    if found := next((code for beginning, code in BEGINNINGS.items() if start.startswith(beginning)), None):
        raise Unreadable(found)
    if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("not_xml")
    if content.count(b"=") > MOST_ATTRIBUTES:
        raise Unreadable("many")
    try:
        return _message(content)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_syntax_fault(error, content), error.lineno) from error


def _syntax_fault(error: etree.XMLSyntaxError, content: bytes) -> str:
    if b"Document" not in content[:1000]:  # a web page, say, of a session at the bank that had ended
        return "other"
    if error.code in NO_CHARACTERS:
        return "encoding"
    return "broken" if content.rstrip().endswith(b"Document>") else "truncated"


class _Counted(BytesIO):
    """The file as the parser takes it in, piece by piece; `held` is how many elements of it no one has dropped yet."""

    held = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.held += piece.count(b"<") - piece.count(b"</")
        if self.held > MOST_HELD:
            raise Unreadable("many")
        return piece


def _message(content: bytes) -> Message:
    """Walk through the file once; what was read is dropped, so that a large file needs no large tree."""
    source = _Counted(content)
    walk = etree.iterparse(
        source,
        events=("start", "end"),
        tag=WATCHED,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    kind, message_id = "", ""
    accounts: list[str] = []
    transactions: list[Transaction] = []
    parts: list[_Part] = []
    equals: Counter[Any] = Counter()
    found = 0
    for event, element in walk:
        name = etree.QName(element).localname
        if event == "start":
            found += 1
            if found == 1 and element.getroottree().docinfo.doctype:
                raise Unreadable("doctype")
            if found > MOST_PARTS:
                raise Unreadable("many")
            kind = kind or KINDS.get(name, "")
            if kind == "camt.052":
                raise Unreadable("intraday")
        elif name == "GrpHdr":
            message_id = _text(element, "MsgId")
        elif name == "Acct":
            accounts.append(_account(element))
        elif name == "TxDtls":
            parts.append(_part(element))
            source.held -= sum(1 for _each in element.iter())
            element.clear()
        elif name == "Ntry":
            transactions += _transactions(element, parts, equals)
            parts = []
            element.clear()
            _drop_before(element)
            source.held = 0
    if not kind or etree.QName(walk.root).localname != "Document":
        raise Unreadable("other")
    if not accounts:
        raise Unreadable("no_account")
    return Message(kind, message_id, tuple(accounts), tuple(transactions))


def _drop_before(entry: Element) -> None:
    """Drop the siblings before a booking but the two that are asked for: every search among them passes all."""
    parent, kept = entry.getparent(), {"Acct", "CreDtTm"}
    for sibling in list(entry.itersiblings(preceding=True))[::-1]:
        name = etree.QName(sibling).localname
        if name in kept:
            kept.remove(name)
        else:
            parent.remove(sibling)


def _text(element: Element, path: str) -> str:
    return (element.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or "").strip()


def _account(element: Element) -> str:
    number = _text(element, "Id/IBAN") or _text(element, "Id/Othr/Id")
    if not number:
        raise Unreadable("account", element.sourceline)
    return number.replace(" ", "").upper()


def _part(details: Element) -> _Part:
    amount, currency = _amount(details, "Amt")
    if not currency:
        amount, currency = _amount(details, "AmtDtls/TxAmt/Amt")
    reference, fault = _reference(details)
    debtor = _text(details, "RltdPties/Dbtr/Pty/Nm") or _text(details, "RltdPties/Dbtr/Nm")
    return _Part(
        names=tuple(_name(details, f"Refs/{path}") for path in ("AcctSvcrRef", "Prtry/Ref", "UETR")),
        amount=amount,
        currency=currency,
        sign=_sign(details) if _text(details, "CdtDbtInd") else 0,
        is_returned=details.find("{*}RtrInf") is not None,
        reference=reference,
        fault=fault,
        debtor_name=debtor[:140],
    )


def _name(element: Element, path: str) -> str:
    """The bank's name for something; empty where it has none or only says so, which would be everything's name."""
    text = _text(element, path)
    return "" if text.upper() in NAMELESS or not text.strip("0") else text


def _amount(element: Element, path: str) -> tuple[Decimal, str]:
    """Amount and currency, empty where there is none; two decimals, as the books have."""
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    if found is None:
        return Decimal(0), ""
    text = (found.text or "").strip()
    if not fullmatch(r"[0-9]{1,10}(\.[0-9]{0,2}0*)?", text):
        raise Unreadable("amount", found.sourceline)
    return Decimal(text).quantize(Decimal("0.01")), found.get("Ccy", "")[:3]


def _sign(element: Element) -> int:
    try:
        return {"CRDT": 1, "DBIT": -1}[_text(element, "CdtDbtInd")]
    except KeyError as error:
        raise Unreadable("direction", element.sourceline) from error


def _reference(details: Element) -> tuple[str, str]:
    """The one QR reference of a payment and what is wrong with it; SCOR references are none of ours.

    Banks print blanks into it and lose leading zeros; the check digit tells whether it is whole.
    """
    found = set()
    for structured in details.findall("{*}RmtInf/{*}Strd/{*}CdtrRefInf"):
        text = "".join(_text(structured, "Ref").split())
        if text and _text(structured, "Tp/CdOrPrtry/Cd") != "SCOR":
            is_number = text.isascii() and text.isdigit() and len(text) <= 27
            found.add(text.zfill(27) if is_number else text)
    if len(found) != 1:
        return "", "several" if found else "missing"
    reference = found.pop()
    return reference[:27], "" if is_qr_reference(reference) else "invalid"


def _transactions(entry: Element, parts: list[_Part], equals: Counter[Any]) -> Iterator[Transaction]:
    """What one booking moved, part by part; only what is booked, not what is announced."""
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
        return
    booking = _booking(entry)
    parts, is_even = _settled(parts, booking)
    shared = Counter(name for part in parts for name in set(part.names))
    for index, part in enumerate(parts):
        takes_back = booking.is_reversal or part.is_returned or booking.sign < 0 or part.amount < 0
        reason = "taken_back" if takes_back else "" if is_even else "uneven"
        facts = (f"{part.amount}", part.currency, part.reference)
        name = _own_name(part, shared) or (f"entry:{booking.name}#{index}" if booking.name else "")
        if not name:
            alike = (booking.booked_on.isoformat(), *facts, part.debtor_name)
            equals[booking.account, alike] += 1
            name = f"{hashlib.sha256('|'.join(alike).encode()).hexdigest()}#{equals[booking.account, alike]}"
        if part.amount:
            yield Transaction(
                booking.account,
                booking.qr_iban,
                _identity(name, *facts),
                part.amount,
                part.currency,
                booking.is_reversal or part.is_returned,
                booking.booked_on,
                part.reference,
                part.debtor_name,
                reason or ("currency" if part.currency != OURS else part.fault),
            )


def _booking(entry: Element) -> _Booking:
    amount, currency = _amount(entry, "Amt")
    if not currency:
        raise Unreadable("amount", entry.sourceline)
    sign = _sign(entry)
    account = entry.getparent().find("{*}Acct")
    if account is None:
        raise Unreadable("account", entry.sourceline)
    return _Booking(
        account=_account(account),
        qr_iban="".join(_text(entry, "NtryRef").split()),
        name=_name(entry, "AcctSvcrRef"),
        amount=sign * amount,
        currency=currency,
        sign=sign,
        is_reversal=_text(entry, "RvslInd") in ("true", "1"),
        booked_on=_day(entry),
    )


def _settled(parts: list[_Part], booking: _Booking) -> tuple[list[_Part], bool]:
    """The parts of a booking with direction and amount, and whether they add up; if not, all of it as one."""
    if not parts:
        return [_whole(_Part(), booking)], True
    only = len(parts) == 1
    settled = [
        _whole(part, booking)
        if only and not part.currency
        else replace(part, amount=(part.sign or booking.sign) * part.amount)
        for part in parts
    ]
    adds_up = sum(part.amount for part in settled) == booking.amount
    if adds_up and {part.currency for part in settled} == {booking.currency}:
        return settled, True
    return [_whole(settled[0] if only else _Part(), booking)], False


def _whole(part: _Part, booking: _Booking) -> _Part:
    return replace(part, amount=booking.amount, currency=booking.currency)


def _own_name(part: _Part, shared: Counter[str]) -> str:
    """The bank's name for this very part; one that other parts of the booking have too names the booking."""
    for kind, name in zip(("transaction", "proprietary", "uetr"), part.names, strict=False):
        if name and shared[name] == 1:
            return f"{kind}:{name}"
    return ""


def _identity(name: str, *facts: str) -> str:
    """What tells a transaction from every other of its account, for as long as there are books: never change it.

    Beside the bank's name amount and reference: a reversal may bear the name of what it takes back, and some banks
    begin their own numbers anew each year (docs/decisions/0010).
    """
    identity = "|".join((name, *facts))
    return identity if len(identity) <= LONGEST_IDENTITY else hashlib.sha256(identity.encode()).hexdigest()


def numbered(identity: str, time: int) -> str:
    """The identity of what bears it for the second time, or a later one, in one file: none of it may be lost."""
    return identity if time == 1 else _identity(identity, f"#{time}")


def _day(entry: Element) -> date:
    """The day of the booking, else of the value, else of the message; a moment is a day in Zurich."""
    texts = [_text(entry, f"{name}/{kind}") for name in ("BookgDt", "ValDt") for kind in ("Dt", "DtTm")]
    text = next(filter(None, [*texts, _text(entry.getparent(), "CreDtTm")]), "")
    try:
        if "T" not in text:
            return date.fromisoformat(text[:10])
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZURICH).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError) as error:  # a moment of the year 1 may be none in Zurich
        raise Unreadable("day", entry.sourceline) from error
