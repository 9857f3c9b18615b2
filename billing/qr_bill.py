"""The Swiss QR-bill: payload, rules and slip (SIX, Implementation Guidelines QR-bill v2.4 and Style Guide)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.barcodes import qr_code
from documents.drawing import MM_PER_POINT, Drawing, Words
from documents.payment_text import PLAIN_SIGNS, unknown_signs
from records.text import with_numbers

from .ibans import in_fours, is_iban, is_qr_iban
from .references import in_fives, is_qr_reference

CODE_SIDE = 46  # mm, printed code
CODE_LEFT, CODE_TOP = 67, 17  # mm, from the slip's top left corner
# In PDF operators: the lines to cut along; the Swiss cross in the middle of the code, 7 × 7 mm with its white border.
CUTS = "q .2 w [1 1] 0 d 0 .1 m 210 .1 l 62 0 m 62 105 l S Q"
CROSS = (
    "q 1 0 0 1 19.5 19.5 cm 1 g 0 0 7 7 re f 0 g .5 .5 6 6 re f 1 g 2.915 1.55 1.17 3.9 re 1.55 2.915 3.9 1.17 re f Q"
)
LONGEST_PAYLOAD = 997  # bytes: all that version 25, the largest allowed, holds with error correction M
LARGEST_AMOUNT = Decimal("999999999.99")

FIELDS = {
    "iban": gettext_lazy("Our QR-IBAN"),
    "reference": gettext_lazy("Reference"),
    "amount": gettext_lazy("Amount"),
    "creditor.name": gettext_lazy("Our name"),
    "creditor.street": gettext_lazy("Our street"),
    "creditor.house_number": gettext_lazy("Our house number"),
    "creditor.postcode": gettext_lazy("Our postcode"),
    "creditor.town": gettext_lazy("Our town"),
    "creditor.country": gettext_lazy("Our country"),
    "debtor.name": gettext_lazy("Name on the invoice"),
    "debtor.street": gettext_lazy("Street"),
    "debtor.house_number": gettext_lazy("House number"),
    "debtor.postcode": gettext_lazy("Postcode"),
    "debtor.town": gettext_lazy("Town"),
    "debtor.country": gettext_lazy("Country"),
    "message": gettext_lazy("Message"),
    "billing_information": gettext_lazy("Cost centre or order number"),
    "payload": gettext_lazy("All fields together"),
}


class NotPrintable(ValueError):
    """A bill that would break a rule of the guidelines; its words name the field and what is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{FIELDS[field]}: {reason}")
        self.field = field


@dataclass(frozen=True)
class Party:
    """A structured address (type S): name 70, street 70, house number 16, postcode 16, town 35 characters."""

    name: str
    street: str
    house_number: str
    postcode: str
    town: str
    country: str = "CH"

    def lines(self) -> list[str]:
        return ["S", self.name, self.street, self.house_number, self.postcode, self.town, self.country]

    @property
    def street_line(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def town_line(self) -> str:
        """The country only outside Switzerland and Liechtenstein."""
        abroad = "" if self.country in ("CH", "LI") else f"{self.country}-"
        return f"{abroad}{self.postcode} {self.town}"

    def printed(self) -> list[str]:
        """Two or three lines of print."""
        return [line for line in (self.name, self.street_line, self.town_line) if line]

    def printed_short(self) -> list[str]:
        """Without the street, which a receipt may leave out for want of room (3.6.2)."""
        return [self.name, self.town_line]


@dataclass(frozen=True)
class Bill:
    """What a QR-bill asks for: `amount` in CHF, a QR-IBAN with its 27-digit reference."""

    iban: str
    creditor: Party
    amount: Decimal
    reference: str
    debtor: Party
    message: str = ""
    billing_information: str = ""


def payload(bill: Bill) -> str:
    """The text in the code: 31 lines and the billing information if there is any (4.2.2).

    Raises NotPrintable, naming the field.
    """
    _check(bill)
    lines = [
        "SPC",
        "0200",
        "1",
        bill.iban,
        *bill.creditor.lines(),
        *[""] * 7,
        f"{bill.amount:.2f}",
        "CHF",
        *bill.debtor.lines(),
        "QRR",
        bill.reference,
        bill.message,
        "EPD",
    ]
    if bill.billing_information:
        lines.append(bill.billing_information)
    text = "\n".join(lines)
    if len(text.encode()) > LONGEST_PAYLOAD:
        raise NotPrintable("payload", _too_long(len(text.encode()), LONGEST_PAYLOAD))
    return text


def billing_information(
    *,
    number: str,
    issued_on: date,
    customer_reference: str,
    days: int,
    uid: str = "",
    served: tuple[date, date] | None = None,
    vat_rate: str = "",
) -> str:
    """Swico S1: invoice number, date, the payer's reference and the term; nothing personal.

    UID, days of service and VAT rate only from who is registered for VAT.
    """
    span = "".join(f"{day:%y%m%d}" for day in dict.fromkeys(served or ()))
    fields = [
        ("10", number),
        ("11", f"{issued_on:%y%m%d}"),
        ("20", customer_reference),
        ("30", re.sub(r"\D", "", uid)),
        ("31", span),
        ("32", vat_rate),
        ("40", f"0:{days}"),
    ]
    return "//S1" + "".join(f"/{tag}/{_escaped(value)}" for tag, value in fields if value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("/", "\\/")


def _check(bill: Bill) -> None:
    if not is_iban(bill.iban):
        raise NotPrintable("iban", _("“%(text)s” is no Swiss IBAN.") % {"text": bill.iban})
    if not is_qr_iban(bill.iban):
        raise NotPrintable("iban", _("“%(text)s” is an ordinary IBAN.") % {"text": bill.iban})
    if not is_qr_reference(bill.reference):
        raise NotPrintable("reference", _("“%(text)s” is no QR reference.") % {"text": bill.reference})
    if not Decimal("0.01") <= bill.amount <= LARGEST_AMOUNT or bill.amount != round(bill.amount, 2):
        raise NotPrintable("amount", _("a QR-bill asks for 0.01 to 999’999’999.99 francs."))
    for who, party in (("creditor", bill.creditor), ("debtor", bill.debtor)):
        for field, most in (("name", 70), ("street", 70), ("house_number", 16), ("postcode", 16), ("town", 35)):
            _check_text(f"{who}.{field}", getattr(party, field), most, needed=field in ("name", "postcode", "town"))
        if not re.fullmatch("[A-Z]{2}", party.country):
            raise NotPrintable(f"{who}.country", _("two capital letters, please."))
    _check_text("message", bill.message, 140)
    _check_text("billing_information", bill.billing_information, 140 - len(bill.message))


def _check_text(field: str, text: str, most: int, *, needed: bool = False) -> None:
    if needed and not text.strip():
        raise NotPrintable(field, _("missing."))
    if unknown := unknown_signs(text):
        raise NotPrintable(field, _unknown(unknown[0]))
    if len(text) > most:
        raise NotPrintable(field, _too_long(len(text), most))


def _unknown(character: str) -> str:
    words = {"sign": with_numbers(character), "instead": PLAIN_SIGNS.get(character, "")}
    if words["instead"]:
        return _("a QR-bill does not know %(sign)s. Write %(instead)s.") % words
    return _("a QR-bill does not know %(sign)s.") % words


def _too_long(length: int, most: int) -> str:
    return _("%(length)s characters, %(most)s fit.") % {"length": length, "most": most}


# Word for word as the guidelines prescribe them (annex D), so no catalogue translates them.
LABELS = {
    "en": {
        "receipt": "Receipt",
        "part": "Payment part",
        "account": "Account / Payable to",
        "reference": "Reference",
        "additional": "Additional information",
        "currency": "Currency",
        "amount": "Amount",
        "acceptance": "Acceptance point",
        "payable_by": "Payable by",
        "detach": "Separate before paying in",
    },
    "de": {
        "receipt": "Empfangsschein",
        "part": "Zahlteil",
        "account": "Konto / Zahlbar an",
        "reference": "Referenz",
        "additional": "Zusätzliche Informationen",
        "currency": "Währung",
        "amount": "Betrag",
        "acceptance": "Annahmestelle",
        "payable_by": "Zahlbar durch",
        "detach": "Vor der Einzahlung abzutrennen",
    },
    "fr": {
        "receipt": "Récépissé",
        "part": "Section paiement",
        "account": "Compte / Payable à",
        "reference": "Référence",
        "additional": "Informations supplémentaires",
        "currency": "Monnaie",
        "amount": "Montant",
        "acceptance": "Point de dépôt",
        "payable_by": "Payable par",
        "detach": "A détacher avant le versement",
    },
    "it": {
        "receipt": "Ricevuta",
        "part": "Sezione pagamento",
        "account": "Conto / Pagabile a",
        "reference": "Riferimento",
        "additional": "Informazioni supplementari",
        "currency": "Valuta",
        "amount": "Importo",
        "acceptance": "Punto di accettazione",
        "payable_by": "Pagabile da",
        "detach": "Da staccare prima del versamento",
    },
    "rm": {
        "receipt": "Quittanza",
        "part": "Part da pajament",
        "account": "Conto / Da pajar a",
        "reference": "Referenza",
        "additional": "Infurmaziuns supplementaras",
        "currency": "Valuta",
        "amount": "Import",
        "acceptance": "Post da recepziun",
        "payable_by": "Da pajar da",
        "detach": "Da distatgar avant che pajar",
    },
}


@dataclass(frozen=True)
class Print:
    """Sizes of print in points: headings, values, line spacing; `gap` between blocks in lines."""

    heading: float
    value: float
    leading: float
    gap: float


Block = tuple[str, list[str]]  # a heading and its values
# The style guide's sizes first, then what it allows when long names need the room.
RECEIPT = [Print(6, 8, 9, 1), Print(6, 8, 9, 0.5)]
RECEIPT_SHORT = [Print(6, 8, 9, 0.5), Print(6, 6, 7, 0.3)]
PART = [Print(8, 10, 11, 1), Print(8, 10, 11, 0.5), Print(7, 9, 10, 0.5), Print(6, 8, 9, 0.5)]


def slip(bill: Bill, language: str) -> Drawing:
    """The payment part with its receipt, 210 × 105 mm, labelled in de, fr, it, rm or en.

    The words `LABELS[language]["detach"]` belong above its upper edge.
    """
    say = LABELS[language]
    reference = (say["reference"], [in_fives(bill.reference)])

    def blocks(creditor: list[str], debtor: list[str], *more: Block) -> list[Block]:
        account = (say["account"], [in_fours(bill.iban), *creditor])
        return [account, reference, *more, (say["payable_by"], debtor)]

    full = blocks(bill.creditor.printed(), bill.debtor.printed())
    short = blocks(bill.creditor.printed_short(), bill.debtor.printed_short())
    more = [line for line in (bill.message, bill.billing_information) if line]
    details = blocks(bill.creditor.printed(), bill.debtor.printed(), *([(say["additional"], more)] if more else []))
    return Drawing(
        210,
        105,
        [
            Words(5, 5 + _ascent(11), 11, say["receipt"], bold=True),
            *_column(5, 12, 52, 55, [(full, size) for size in RECEIPT] + [(short, size) for size in RECEIPT_SHORT]),
            *_amount(5, 12, say, bill.amount, RECEIPT[0]),
            Words(57, 82 + _ascent(6), 6, say["acceptance"], bold=True, at_end=True),
            Words(CODE_LEFT, 5 + _ascent(11), 11, say["part"], bold=True),
            *_amount(CODE_LEFT, 15, say, bill.amount, PART[0]),
            *_column(118, 5, 87, 85, [(details, size) for size in PART]),
        ],
        f"{CUTS} q 1 0 0 1 {CODE_LEFT} {CODE_TOP} cm {qr_code(payload(bill), side=CODE_SIDE)} {CROSS} Q",
    )


def in_words(bill: Bill, language: str) -> str:
    """What the slip asks for, for who can't see it."""
    say = LABELS[language]
    facts = [
        (say["account"], [in_fours(bill.iban), *bill.creditor.printed()]),
        (say["reference"], [in_fives(bill.reference)]),
        (say["amount"], [f"CHF {spaced(bill.amount)}"]),
        (say["payable_by"], bill.debtor.printed()),
    ]
    return ". ".join([say["part"], *(f"{label}: {', '.join(lines)}" for label, lines in facts)])


def spaced(amount: Decimal) -> str:
    """`1 590.00`"""
    return f"{amount:,.2f}".replace(",", " ")


def _ascent(points: float) -> float:
    return points * MM_PER_POINT * 0.905


def _column(
    left: float, top: float, across: float, room: float, choices: list[tuple[list[Block], Print]]
) -> list[Words]:
    """Headings with their lines, one under the other, in the first choice of (blocks, Print) that fits; in mm."""
    for blocks, size in choices:
        lines: list[tuple[float, float, str, bool]] = []
        y = 0.0
        for heading, values in blocks:
            lines.append((y, size.heading, heading, True))
            y += size.leading
            for value in (part for text in values for part in wrapped(text, size.value, across)):
                lines.append((y, size.value, value, False))
                y += size.leading
            y += size.gap * size.leading
        if (y - size.gap * size.leading) * MM_PER_POINT <= room:
            break
    return [
        Words(left, top + y * MM_PER_POINT + _ascent(points), points, words, bold=bold)
        for y, points, words, bold in lines
    ]


def wrapped(text: str, points: float, room: float) -> list[str]:
    """Lines of at most `room` mm: broken between words, a word that is too long anywhere."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, points) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if width(lines[-1] + character, points) > room:
                lines.append("")
            lines[-1] += character
    return lines


# Liberation Sans in classes of width, each as wide as its widest: a line may break early, never run over.
NARROW, SLIM = " !',./:;I[\\]ijlft|", '"()*-`r{}'
WIDE, BROAD = "@%WŴÆŒæœ", "&+<=>Mmw~¼½¾"


def width(text: str, points: float) -> float:
    """At most how many mm a text takes in Liberation Sans."""
    return sum(_em(character) for character in text) * points * MM_PER_POINT


def _em(character: str) -> float:
    for characters, em in ((NARROW, 0.28), (SLIM, 0.39), (WIDE, 1.02), (BROAD, 0.84)):
        if character in characters:
            return em
    if character.isupper():
        return 0.78
    return 0.56 if character.isascii() else 0.74


def _amount(left: float, gap: float, say: dict[str, str], amount: Decimal, size: Print) -> list[Words]:
    """Currency and amount side by side, 37 mm above the lower edge; each is read after its heading."""
    heading, value = 68 + _ascent(size.heading), 68 + size.leading * MM_PER_POINT + _ascent(size.value)
    return [
        Words(left, heading, size.heading, say["currency"], bold=True),
        Words(left, value, size.value, "CHF"),
        Words(left + gap, heading, size.heading, say["amount"], bold=True),
        Words(left + gap, value, size.value, spaced(amount)),
    ]
