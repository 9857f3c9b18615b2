"""What a workbook of organisations says: each with its rows, what is wrong or missing, and what is there already.

Reads the database and writes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from documents import cells, workbooks
from documents.cells import Cell, Fault
from documents.payment_text import unknown_signs, with_plain_signs
from people.models import AssociationRole, User
from records import clock
from records.text import clean, fold, typographic, with_numbers
from web.validators import validate_plain_name

from .import_columns import FIELDS, NEEDED, example_names, headings, offered, words_of
from .models import Agreement, BillTo, Commune, Membership, Partner, Tariff
from .places import country_of

Value = TypeVar("Value")
POSTCODE = re.compile(r"[0-9]{4}")
EARLIEST = date(1990, 1, 1)
PARTNER_FIELDS = ("kind", "street", "house_number", "town", "language", "delivery", "tier")
ADDRESS = ("street", "house_number", "postcode", "town")
AGREEMENT_FIELDS = ("version", "signed_on", "signed_by", "function")
ONCE = (*PARTNER_FIELDS, "covers_since", *AGREEMENT_FIELDS)  # said by one row, or the same by several
PAYS = tuple(each.key for each in FIELDS if each.key.startswith("pays_"))
BASE_NAME = re.compile(r"(.+?) *\(?\b([A-Z]{2})\b\)?")


@dataclass(frozen=True)
class Finding:
    """A sentence about a place of the workbook: its row and column as the office sees them, which may be empty."""

    row: int | None
    sentence: str
    letter: str = ""
    heading: str = ""

    @property
    def place(self) -> str:
        """In words: row 14, column D “PLZ”."""
        if self.row is None:
            return _("Column %(letter)s “%(heading)s”") % {"letter": self.letter, "heading": self.heading}
        if not self.letter:
            return _("Row %(row)s") % {"row": self.row}
        return _("Row %(row)s, column %(letter)s “%(heading)s”") % {
            "row": self.row,
            "letter": self.letter,
            "heading": self.heading,
        }


@dataclass
class Organisation:
    """What the rows of one organisation say together.

    With `faults` it is refused; with `gaps` it is admitted and not active; with `there` it is there already, and
    `differences` says what the workbook says otherwise.
    """

    name: str
    rows: list[int]
    postcode: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    bill_tos: list[dict[str, Any]] = field(default_factory=list)
    communes: list[Commune] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    gaps: list[Finding] = field(default_factory=list)
    differences: list[Finding] = field(default_factory=list)
    there: Partner | None = None

    @property
    def key(self) -> tuple[str, str]:
        return fold(self.name), self.postcode

    @property
    def outcome(self) -> str:
        """What becomes of it: "refused", "there", "admitted" or "active"."""
        if self.faults:
            return "refused"
        if self.there:
            return "there"
        return "admitted" if self.gaps else "active"

    @property
    def findings(self) -> list[Finding]:
        return self.faults or (self.differences if self.there else self.gaps)


@dataclass(frozen=True)
class Contents:
    """A whole workbook: its organisations in the order of their first rows, and what was left out."""

    organisations: list[Organisation]
    remarks: list[Finding]


def read(content: bytes) -> Contents:
    """What a workbook says, checked against what is there; raises `workbooks.Unreadable`."""
    sheet = workbooks.read(content, headings(), NEEDED)
    remarks = [Finding(None, _("This column is not read."), each.letter, each.heading) for each in sheet.unknown]
    lookup = Lookup(sheet.rows)
    entries = []
    for row in sheet.rows:
        name = _typed_name(row)
        if row.is_total:
            remarks.append(Finding(row.number, _("A total is no organisation: this row is not read.")))
        elif fold(name) in example_names():
            remarks.append(Finding(row.number, _("The template’s example: this row is not read.")))
        else:
            entries.append(Entry(row, sheet.columns, lookup))
    if not entries:
        raise workbooks.Unreadable(_("There is no organisation under the headings."))
    organisations = [_merged(group) for group in _grouped(entries)]
    compare(organisations)
    return Contents(organisations, remarks)


def _typed_name(row: workbooks.Row) -> str:
    return cells.shown(row.cells["name"].value)


class Lookup:
    """What cells are looked up in: communes, tariff tiers."""

    def __init__(self, rows: Iterable[workbooks.Row]) -> None:
        self.communes = Commune.objects.in_bulk()
        self.by_name: dict[str, list[Commune]] = defaultdict(list)
        for commune in self.communes.values():
            if commune.valid_to is None:
                names = {commune.name, f"{commune.name} ({commune.canton})", f"{commune.name} {commune.canton}"}
                if found := BASE_NAME.fullmatch(commune.name):
                    names |= {found[1], f"{found[1]} {found[2]}"}
                for name in {fold(each) for each in names}:
                    self.by_name[name].append(commune)
        tiers = {"standard", *Tariff.objects.values_list("tier", flat=True)}
        self.tiers = {fold(tier): tier for tier in sorted(tiers)}

    def communes_in(self, typed: str) -> list[Commune]:
        """The communes of a cell, by numbers or names; raises Fault naming the first that is none."""
        whole = fold(typed)
        parts = [typed] if whole in self.by_name else [part for part in re.split(r"[,;\n]", typed) if part.strip()]
        found: dict[int, Commune] = {}
        for part in parts:
            words = [part] if not re.fullmatch(r"[\s0-9./]+", part) else re.split(r"[\s/]+", part.strip())
            for word in words:
                commune = self._commune(clean(word))
                found[commune.pk] = commune
        return list(found.values())

    def _commune(self, word: str) -> Commune:
        if number := re.fullmatch(r"0*([1-9][0-9]{0,3})(\.0+)?", word):
            commune = self.communes.get(int(number[1]))
            if commune is None:
                raise Fault(_("No commune has the BFS number %(number)s.") % {"number": word})
            if commune.valid_to is not None:
                raise Fault(
                    _("%(commune)s, BFS number %(number)s, is no commune any more: write %(successor)s.")
                    % {"commune": commune, "number": commune.pk, "successor": _successor(commune, self.communes)}
                )
            return commune
        communes = self.by_name.get(fold(word), [])
        exact = [commune for commune in communes if fold(commune.name) == fold(word)]
        if len(found := exact or communes) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{commune.pk} {commune}" for commune in sorted(found, key=lambda each: each.pk))
            raise Fault(_("“%(word)s” may be %(communes)s: write the number.") % {"word": word, "communes": names})
        raise Fault(_("No commune is called “%(word)s”. Write its BFS number.") % {"word": word})


def _successor(commune: Commune, communes: Mapping[int, Commune]) -> str:
    for _turn in range(len(communes)):
        if commune.successor_id is None:
            break
        commune = communes[commune.successor_id]
    return f"{commune.pk} {commune}"


class Entry:
    """One row, each cell read as what its column holds."""

    def __init__(self, row: workbooks.Row, columns: Mapping[str, workbooks.Column], lookup: Lookup) -> None:
        self.number, self._row, self._columns, self._lookup = row.number, row, columns, lookup
        self.faults: list[Finding] = []
        self.values = {each.key: self._read(each.key) for each in FIELDS}
        self._check()

    def finding(self, key: str, sentence: str) -> Finding:
        column = self._columns.get(key)
        return Finding(self.number, sentence, column.letter if column else "", column.heading if column else "")

    def refuse(self, key: str, sentence: str) -> None:
        self.faults.append(self.finding(key, sentence))

    def _read(self, key: str) -> Any:
        cell = self._row.cells.get(key, Cell())
        try:
            return self._reader(key)(cell)
        except Fault as fault:
            self.refuse(key, str(fault))
            return None

    def _reader(self, key: str) -> Callable[[Cell], Any]:
        if key == "communes":
            return lambda cell: self._lookup.communes_in(cells.lines(cell))
        if key == "tier":
            tiers = self._lookup.tiers
            return lambda cell: cells.choice(cell, tiers, lambda: ", ".join(tiers.values()))
        return READERS.get(key) or partial(_line, key)

    def _check(self) -> None:
        """What must be there, and what one cell says about another."""
        faulty = {finding.letter for finding in self.faults}

        def lacks(key: str) -> bool:
            column = self._columns.get(key)
            return not self.values[key] and not (column and column.letter in faulty)

        for key in NEEDED:
            if lacks(key):
                self.refuse(key, _("This must not be empty."))
        if self.has("pays_postcode") and self.values["pays_country"] in (None, "CH", "LI"):
            if not POSTCODE.fullmatch(self.values["pays_postcode"]):
                self.refuse("pays_postcode", _four_digits(self.values["pays_postcode"]))
        elif self.has("pays_postcode") and not isinstance(self._row.cells["pays_postcode"].value, str):
            self.refuse("pays_postcode", _("Write a postcode abroad as text: a number loses its zeros."))
        if any(self.has(f"pays_{name}") for name in ADDRESS):
            for key in ("pays_postcode", "pays_town"):
                if lacks(key):
                    self.refuse(key, _("An address for invoices needs postcode and town."))
        if any(self.has(f"person_{name}") for name in ("name", "email", "role")):
            for key in ("person_name", "person_email", "person_role"):
                if lacks(key):
                    self.refuse(key, _("A person needs name, e-mail and role."))

    def has(self, key: str) -> bool:
        return bool(self.values[key])


def _four_digits(typed: str) -> str:
    return _("“%(value)s” is no postcode: four digits, like 3400.") % {"value": typed}


def _swiss_postcode(cell: Cell) -> str:
    typed = cells.postcode(cell)
    typed = re.sub(r"(?i)^(ch|li|fl)[- ]", "", typed)
    if typed and not POSTCODE.fullmatch(typed):
        raise Fault(_four_digits(typed))
    return typed


def _postcode_abroad(cell: Cell) -> str:
    if isinstance(cell.value, str):
        return cells.text(cell, longest=_longest("pays_postcode"))
    return cells.postcode(cell)


def _email(cell: Cell) -> str:
    typed = cells.text(cell).removeprefix("mailto:")
    try:
        if typed:
            validate_email(typed)
    except ValidationError as error:
        raise Fault(_("“%(value)s” is no e-mail address.") % {"value": typed}) from error
    return typed


def _word_of(kind: str) -> Callable[[Cell], str | None]:
    return lambda cell: cells.choice(cell, words_of(kind), lambda: offered(kind))


def _covers_since(cell: Cell) -> date | None:
    day = cells.day(cell)
    if day and (day < EARLIEST or day.year > clock.today().year + 1):
        raise Fault(_("%(day)s is too far away.") % {"day": cells.shown(day)})
    return day


def _signed_on(cell: Cell) -> date | None:
    day = cells.day(cell)
    if day and day > clock.today():
        raise Fault(_("This day has not come yet."))
    if day and day < EARLIEST:
        raise Fault(_("%(day)s is too far away.") % {"day": cells.shown(day)})
    return day


def _line(key: str, cell: Cell) -> str:
    """A line of text with room in its column, of signs that may stand there."""
    typed = cells.text(cell, longest=_longest(key))
    if key in ("name", "signed_by", "function", "person_name"):
        try:
            validate_plain_name(typed)
        except ValidationError as error:
            raise Fault(error.messages[0]) from error
    if key.startswith("pays_"):
        typed = with_plain_signs(typed)
        if unknown := unknown_signs(typed):
            raise Fault(_("A QR-bill does not know %(signs)s.") % {"signs": with_numbers(unknown)})
    elif unseen := [sign for sign in typed if not sign.isprintable()]:
        raise Fault(_("This holds signs that can’t be seen: %(signs)s.") % {"signs": with_numbers("".join(unseen))})
    return typed


READERS: dict[str, Callable[[Cell], Any]] = {  # the rest is a line of text
    "kind": _word_of("kind"),
    "postcode": _swiss_postcode,
    "language": _word_of("language"),
    "delivery": _word_of("delivery"),
    "covers_since": _covers_since,
    "signed_on": _signed_on,
    "pays_postcode": _postcode_abroad,
    "pays_country": _word_of("country"),
    "pays_email": _email,
    "pays_language": _word_of("language"),
    "pays_cadence": _word_of("cadence"),
    "person_email": _email,
    "person_role": _word_of("role"),
}


@cache
def _longest(key: str) -> int | None:
    """How much room a column of the database has."""
    model: Any = Partner
    if key.startswith("pays_"):
        model, key = BillTo, key.removeprefix("pays_")
    elif key == "person_name":
        model, key = User, "name"
    elif key in AGREEMENT_FIELDS:
        model = Agreement
    return model._meta.get_field(key).max_length


def _grouped(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The rows of each organisation; one whose name or postcode can't be read stands alone."""
    groups: dict[Any, list[Entry]] = {}
    for entry in entries:
        name, postcode = entry.values["name"], entry.values["postcode"]
        key = (fold(name), postcode) if name and postcode else entry.number
        groups.setdefault(key, []).append(entry)
    return iter(groups.values())


def _merged(group: list[Entry]) -> Organisation:
    """One organisation from its rows: a later row adds who pays, communes and people, and may leave the rest empty."""
    first = group[0]
    found = Organisation(
        name=typographic(first.values["name"] or "") or _("Row %(row)s") % {"row": first.number},
        rows=[entry.number for entry in group],
        postcode=first.values["postcode"] or "",
        faults=[fault for entry in group for fault in entry.faults],
    )
    for key in ONCE:
        said = [entry for entry in group if entry.values[key]]
        found.values[key] = said[0].values[key] if said else None
        for entry in said[1:]:
            if entry.values[key] != found.values[key]:
                words = {"row": said[0].number, "value": cells.shown(said[0].values[key])}
                found.faults.append(entry.finding(key, _("Row %(row)s says “%(value)s”.") % words))
    for entry in group:
        found.communes += [each for each in entry.values["communes"] or [] if each not in found.communes]
        if entry.has("person_email"):
            person = {name: entry.values[f"person_{name}"] for name in ("name", "email", "role")}
            if not any(_same_person(person, other) for other in found.people):
                found.people.append(person | {"row": entry.number})
    if not found.faults:
        _default(found)
        _add_payers(found, group)
        _find_gaps(found, group)
    elif len(group) > 1:  # half of an organisation is not taken over
        places = ", ".join(str(row) for row in sorted({fault.row for fault in found.faults if fault.row}))
        fine = [entry for entry in group if not any(fault.row == entry.number for fault in found.faults)]
        found.faults += [
            Finding(entry.number, _("The same organisation is to be mended in row %(rows)s.") % {"rows": places})
            for entry in fine
        ]
    return found


def _same_person(person: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(fold(str(person[name])) == fold(str(other[name])) for name in ("email", "role"))


def _default(found: Organisation) -> None:
    """What is left empty: the language of the first commune, the day of signing for the coverage, the models' own."""
    values = found.values
    found.values["said"] = {name for name in PARTNER_FIELDS if values[name]}
    languages = {"de": "de", "fr": "fr", "it": "it"}
    by_commune = languages.get(found.communes[0].language, "de") if found.communes else "de"
    values["language"] = values["language"] or by_commune
    columns: Any = Partner._meta
    for name in PARTNER_FIELDS:
        if not values[name]:
            values[name] = columns.get_field(name).get_default()
    values["covers_since"] = values["covers_since"] or values["signed_on"] or clock.today()


def _add_payers(found: Organisation, group: list[Entry]) -> None:
    """Who pays, one per row that names one; name and address are the organisation's where they are left empty."""
    own = {name: found.values[name] for name in ("street", "house_number", "town")} | {"postcode": found.postcode}
    said = [entry for entry in group if any(entry.has(key) for key in PAYS)] or group[:1]
    for entry in said:
        given = {key.removeprefix("pays_"): entry.values[key] for key in PAYS}
        payer = given | {"name": given["name"] or with_plain_signs(found.name)}
        if not any(given[name] for name in ADDRESS):
            payer |= {name: with_plain_signs(text) for name, text in own.items()}
            if unknown := unknown_signs("".join([payer["name"], *own.values()])):
                words = {"signs": with_numbers(unknown)}
                found.faults.append(
                    entry.finding(
                        "name", _("A QR-bill does not know %(signs)s. Name who pays in plain letters.") % words
                    )
                )
        payer |= {
            "language": given["language"] or found.values["language"],
            "cadence": given["cadence"] or BillTo.Cadence.MONTH,
            "country": given["country"] or country_of(payer["postcode"]),
        }
        payer["said"] = {name for name, value in given.items() if value}
        payer["row"] = entry.number
        if not any(_same_payer(payer, other) for other in found.bill_tos):
            found.bill_tos.append(payer)


def _same_payer(payer: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(payer[name] == other[name] for name in payer if name not in ("said", "row"))


def _find_gaps(found: Organisation, group: list[Entry]) -> None:
    """What keeps it from being active: nothing becomes so without address, payer with e-mail and signed agreement."""
    first = group[0]
    if not found.values["street"]:
        found.gaps.append(first.finding("street", _("The street is missing.")))
    for payer in found.bill_tos:
        entry = next(each for each in group if each.number == payer["row"])
        if not payer["email"]:
            found.gaps.append(entry.finding("pays_email", _("The e-mail for invoices is missing.")))
    sentences = {
        "version": _("The version of the agreement is missing."),
        "signed_on": _("The day of signing is missing."),
        "signed_by": _("Who signed is missing."),
    }
    if not any(found.values[name] for name in sentences):
        found.gaps.append(Finding(first.number, _("The signed agreement is missing.")))
        return
    found.gaps += [first.finding(name, words) for name, words in sentences.items() if not found.values[name]]
    if found.gaps:
        found.gaps.append(Finding(first.number, _("The agreement is not recorded: record it once nothing is missing.")))


def compare(organisations: Iterable[Organisation]) -> None:
    """Find those that are there already, whatever their capitals and composition, and what is recorded otherwise."""
    fine = [each for each in organisations if not each.faults]
    people = {User.objects.normalize_email(person["email"]) for each in fine for person in each.people}
    roles = AssociationRole.objects.live()
    staff = set(User.objects.filter(email__in=people, pk__in=roles.values("user")).values_list("email", flat=True))
    for each in fine:
        for person in each.people:
            if User.objects.normalize_email(person["email"]) in staff:
                sentence = _("This person works for the association and can’t act for an organisation.")
                each.faults.append(Finding(person["row"], f"{person['email']}: {sentence}"))
    postcodes = {each.postcode for each in fine}
    known = {
        (fold(partner.name), partner.postcode): partner
        for partner in Partner.objects.filter(postcode__in=postcodes).order_by("-pk")
    }
    for each in fine:
        each.there = known.get(each.key)
    there = [each for each in fine if each.there and not each.faults]
    recorded = Partner.objects.prefetch_related("bill_tos", "agreements", "coverage", "memberships__user").in_bulk(
        [each.there.pk for each in there if each.there]
    )
    for each in there:
        if each.there:
            each.differences = list(_differences(each, recorded[each.there.pk]))


def _differences(found: Organisation, partner: Any) -> Iterator[Finding]:
    """What the workbook says otherwise than the records, or besides."""
    row = found.rows[0]
    if found.name != partner.name:
        yield _other(row, _("Name"), partner.name, found.name)
    for name in PARTNER_FIELDS:
        if name in found.values["said"] and found.values[name] != getattr(partner, name):
            yield _other(row, *_field(Partner, name, getattr(partner, name), found.values[name]))
    for payer in found.bill_tos:
        yield from _payer_differences(payer, partner)
    yield from _agreement_differences(found, partner)
    covered = {each.commune_id for each in partner.coverage.all()}
    for commune in found.communes:
        if commune.pk not in covered:
            yield Finding(row, _("%(commune)s is not among its communes. It was not added.") % {"commune": commune})
    members = {(each.user.email, each.role) for each in partner.memberships.all() if each.ended_at is None}
    for person in found.people:
        if (User.objects.normalize_email(person["email"]), person["role"]) not in members:
            words = {"email": person["email"], "role": Membership.Role(person["role"]).label}
            yield Finding(person["row"], _("%(email)s has no role there as %(role)s. It was not added.") % words)


def _agreement_differences(found: Organisation, partner: Any) -> Iterator[Finding]:
    row, version = found.rows[0], found.values["version"]
    standing = [agreement for agreement in partner.agreements.all() if not agreement.set_aside_at]
    signed = next((agreement for agreement in standing if agreement.version == version), None)
    if version and signed is None:
        yield Finding(row, _("Agreement %(version)s is not recorded. It was not added.") % {"version": version})
    for name in ("signed_on", "signed_by", "function") if signed else ():
        if found.values[name] and found.values[name] != getattr(signed, name):
            yield _other(row, *_field(Agreement, name, getattr(signed, name), found.values[name]))


def _payer_differences(payer: Mapping[str, Any], partner: Any) -> Iterator[Finding]:
    units = [each for each in partner.bill_tos.all() if each.is_active]
    same = [
        each
        for each in units
        if fold(each.name) == fold(payer["name"]) and fold(each.department) == fold(payer["department"])
    ]
    if not same:
        if payer["said"]:
            yield Finding(
                payer["row"], _("“%(name)s” does not pay for it. It was not added.") % {"name": payer["name"]}
            )
        return
    closest = min(same, key=lambda each: sum(getattr(each, name) != payer[name] for name in payer["said"]))
    for name in sorted(payer["said"]):
        if getattr(closest, name) != payer[name]:
            yield _other(payer["row"], *_field(BillTo, name, getattr(closest, name), payer[name]))


def _field(model: Any, name: str, recorded: Any, said: Any) -> tuple[Any, Any, Any]:
    column = model._meta.get_field(name)
    labels = dict(column.flatchoices)
    return column.verbose_name, labels.get(recorded, recorded), labels.get(said, said)


def _other(row: int, what: Any, recorded: Any, said: Any) -> Finding:
    words = {"field": what, "recorded": cells.shown(recorded) or "–", "said": cells.shown(said)}
    return Finding(row, _("%(field)s: “%(recorded)s” is recorded, and stays. Here it says “%(said)s”.") % words)
