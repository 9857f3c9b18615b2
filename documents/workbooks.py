"""Workbooks as offices make them, read from .xlsx, .ods and CSV: values, never formulas; pure.

The first row that holds the known headings counts, on whichever sheet. Rows have the numbers that the office sees.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from .cells import Cell, shown

MOST_ROWS = 20_000
MOST_CELLS = 600_000
MOST_BYTES = 60 * 1024 * 1024  # of all parts of a workbook, unpacked
MOST_PARTS = 2_000
HEADINGS_WITHIN = 200  # rows that are not blank
DELIMITERS = ";,\t"
NAMED_DELIMITER = re.compile(r'"?sep=(.)"?[ ;,\t]*(\r\n|\r|\n)', re.IGNORECASE)
ERROR = re.compile(
    r"#(N/A|NV|N/D|NULL!|NUL!|DIV/0!|VALUE!|WERT!|VALEUR!|VALORE!|REF!|BEZUG!|RIF!|NAME\?|NOM\?|NOME\?|NUM!|ZAHL!"
    r"|NOMBRE!|SPILL!|CALC!)|Err:[0-9]{3}"
)
TRUTH = re.compile(r"(?:of:)?=?(TRUE|FALSE)\(\)")
TOTAL = re.compile(
    r"(sub|sous|zwischen|gesamt|grand|ins)?(total|totale|totali|totaux|totalgeneral|summe|somm[ae]|gesamt)"
)
NOT_COMPUTED = gettext_lazy("This formula is not computed: open the file once in your program and save it.")
BROKEN = gettext_lazy("This workbook can’t be read. Open it in your program and save it once more.")
ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}%s"
TABLE, TABLE_ROW = ODS % ("table", "table"), ODS % ("table", "table-row")
CALCEXT_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
CONTENT = [
    b"%b%b%b" % (start, tag, end) for start in (b"<", b":") for tag in (b"v", b"is", b"f") for end in (b">", b" ", b"/")
]
ROW_NUMBER = re.compile(rb'[<:]row [^>]*?\br="([0-9]+)"')
REFERENCE = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
CHUNK = 1 << 20
# What the readers raise over a file that they can't make out; a syntax error is lxml's and the standard library's.
REFUSALS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)


class Unreadable(Exception):
    """Why a file can't be read as a workbook, as a sentence."""


@dataclass(frozen=True)
class Column:
    """A column as the office sees it: its letter and its heading."""

    letter: str
    heading: str

    def __str__(self) -> str:
        return f"{self.letter} “{self.heading}”"


@dataclass(frozen=True)
class Row:
    """A row that is not blank: its number as the office sees it, and its cells by the keys of their columns."""

    number: int
    cells: dict[str, Cell]
    is_total: bool = False


@dataclass(frozen=True)
class Sheet:
    """What was read: the known columns by their keys, the columns nobody asked for, and the rows."""

    columns: dict[str, Column]
    unknown: list[Column]
    rows: list[Row]


@dataclass(frozen=True)
class _Formula:
    """A formula, until what its program kept of it is known."""

    text: str


RawRow = tuple[int, list[Any]]  # its number, and a value, a Cell or a _Formula for each of its columns
Headings = Mapping[str, Sequence[str]]  # of each key every way to write its heading, the one to show first


def read(content: bytes, headings: Headings, required: Collection[str]) -> Sheet:
    """The sheet whose headings are known; raises Unreadable. Without the required columns nothing is read."""
    known = {heading_key(written): key for key, ways in headings.items() for written in ways}
    if not content.strip(b"\0 \t\r\n"):
        raise Unreadable(_("This file is empty."))
    if content.startswith(b"PK\x03\x04"):
        tables = _tables_of_archive(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without one."))
    else:
        tables = _tables_of_text(content, known)
    best = _Headings({}, {}, 0)
    for rows in tables:
        rest = iter(rows)
        found = _find_headings(rest, known, required)
        if all(key in found.places for key in required):
            return _sheet(found, rest, headings)
        best = max(best, found, key=lambda each: len(each.places))
    lacking = ", ".join(f"“{headings[key][0]}”" for key in required if key not in best.places)
    if best.places:
        raise Unreadable(
            _("Row %(row)s holds the headings, but this one is missing: %(columns)s.")
            % {"row": best.number, "columns": lacking}
        )
    raise Unreadable(_("No row holds the headings. At least these are needed: %(columns)s.") % {"columns": lacking})


def heading_key(heading: str) -> str:
    """What counts of a heading: letters without accents and digits, whatever their size and what stands between."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


@dataclass(frozen=True)
class _Headings:
    places: dict[str, list[int]]
    texts: dict[int, str]
    number: int


def _find_headings(rows: Iterator[RawRow], known: Mapping[str, str], required: Collection[str]) -> _Headings:
    """The first row with all required headings, else the one with the most known ones; the rest stays to be read."""
    best = _Headings({}, {}, 0)
    for number, values in islice(rows, HEADINGS_WITHIN):
        texts = {place: shown(value) for place, value in enumerate(values) if isinstance(value, str) and value.strip()}
        places: dict[str, list[int]] = {}
        for place, text in texts.items():
            if key := known.get(heading_key(text)):
                places.setdefault(key, []).append(place)
        if all(key in places for key in required):
            return _Headings(places, texts, number)
        if len(places) > max(1, len(best.places)):  # one word alone may be a title
            best = _Headings(places, texts, number)
    return best


def _sheet(found: _Headings, rows: Iterable[RawRow], headings: Headings) -> Sheet:
    columns = {place: Column(letter(place), text) for place, text in found.texts.items()}
    for places in found.places.values():
        if len(places) > 1:
            names = " · ".join(str(columns[place]) for place in places)
            raise Unreadable(_("Two columns hold the same: %(columns)s. Leave one of them.") % {"columns": names})
    keys = {places[0]: key for key, places in found.places.items()}
    read_rows = list(_rows(rows, keys))
    unknown = [column for place, column in columns.items() if place not in keys]
    return Sheet({key: columns[place] for place, key in keys.items()}, unknown, read_rows)


def _rows(rows: Iterable[RawRow], keys: Mapping[int, str]) -> Iterator[Row]:
    for number, values in rows:
        cells = {key: _cell(values[place]) if place < len(values) else Cell() for place, key in keys.items()}
        if any(not cell.is_blank for cell in cells.values()):
            first = next((value for value in values if isinstance(value, str) and value.strip()), "")
            yield Row(number, cells, is_total=bool(TOTAL.fullmatch(heading_key(first))))


def letter(place: int) -> str:
    """The letters of a column, counted from 0: A, Z, AA."""
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = chr(ord("A") + rest) + letters
        place -= 1
    return letters


def _cell(value: Any) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, str) and ERROR.fullmatch(value.strip()):
        return _error(value)
    return Cell(value)


def _error(value: str) -> Cell:
    return Cell(fault=_("“%(value)s” is a formula’s error: mend it in your program.") % {"value": value.strip()})


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class _Counter:
    """Counts what is read, and refuses what is more than anybody keeps in a workbook."""

    def __init__(self) -> None:
        self.rows = self.cells = 0

    def add(self, cells: int) -> None:
        self.rows += 1
        self.cells += cells
        if self.rows > MOST_ROWS or self.cells > MOST_CELLS:
            raise Unreadable(
                _("There are more than %(rows)s rows or %(cells)s cells. Take them over in parts.")
                % {"rows": f"{MOST_ROWS:_}".replace("_", "’"), "cells": f"{MOST_CELLS:_}".replace("_", "’")}
            )


# CSV


def _tables_of_text(content: bytes, known: Mapping[str, str]) -> list[Iterable[RawRow]]:
    """The rows of a CSV file, taken apart at the sign under which the most headings are found."""
    text = _decoded(content)
    delimiters = DELIMITERS
    if named := NAMED_DELIMITER.match(text):  # Excel shows no such row
        delimiters, text = named[1], text[named.end() :]

    def headings_found(delimiter: str) -> int:
        return len(_find_headings(_csv_rows(text, delimiter), known, known.values()).places)

    return [_csv_rows(text, max(delimiters, key=headings_found))]


def _decoded(content: bytes) -> str:
    """UTF-8, else Windows-1252; UTF-16 where its mark says so, as Excel's "Unicode text"."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(_("This is no workbook. .xlsx, .ods and CSV are read."))


def _csv_rows(text: str, delimiter: str) -> Iterator[RawRow]:
    counter = _Counter()
    try:
        for number, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if not all(map(_is_blank, values)):
                counter.add(len(values))
                yield number, list(values)
    except csv.Error as error:
        raise Unreadable(_("This is no workbook. .xlsx, .ods and CSV are read.")) from error


# .xlsx and .ods


def _tables_of_archive(content: bytes) -> list[Iterable[RawRow]]:
    """The sheets of a workbook; what one reader can't make out is tried with another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_xlsx = _checked(archive)
    except REFUSALS as error:
        raise Unreadable(BROKEN) from error
    first: Callable[[bytes], list[Iterable[RawRow]]] = _xlsx_tables if is_xlsx else _ods_tables
    try:
        return first(content)
    except REFUSALS:
        return _tables_by_calamine(content, is_xlsx=is_xlsx)


def _checked(archive: zipfile.ZipFile) -> bool:
    """Whether it is an .xlsx; raises Unreadable for what is too large or no workbook, before anything is unpacked."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    # `zipfile` never unpacks more of a part than it declares.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise Unreadable(
            _("Unpacked, this workbook is larger than %(mb)s MB. Take out pictures, or save it as CSV.")
            % {"mb": MOST_BYTES // 1024 // 1024}
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(_("This file has a password. Save it without one."))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                beginning = stream.read(2048).replace(b"\0", b"")
            if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:  # no office program writes them
                raise Unreadable(BROKEN)
    if "xl/workbook.bin" in names:
        raise Unreadable(_("This is a binary workbook (.xlsb). Save it as .xlsx."))
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return True
    if "content.xml" in names and "mimetype" in names and b"spreadsheet" in archive.read("mimetype"):
        if b"encryption-data" in (archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""):
            raise Unreadable(_("This file has a password. Save it without one."))
        return False
    raise Unreadable(_("This is no workbook. .xlsx, .ods and CSV are read."))


def _xlsx_tables(content: bytes) -> list[Iterable[RawRow]]:
    """Each sheet twice where it has formulas: what they say, and what was kept of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that it leaves out
        formulas = _open_xlsx(content, values=False)
        values = None
        tables: list[Iterable[RawRow]] = []
        counter = _Counter()
        for place, sheet in enumerate(formulas.worksheets):
            last = _last_row(formulas._archive, sheet._worksheet_path)
            rows = list(_xlsx_rows(sheet, last, counter))
            if any(isinstance(value, _Formula) for _number, row in rows for value in row):
                values = values or _open_xlsx(content, values=True)
                kept = dict(_xlsx_rows(values.worksheets[place], last, _Counter()))
                rows = _with_kept(rows, kept)
            tables.append(rows)
    return tables


def _open_xlsx(content: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook  # a web worker, which reads none, has no need of it

    return load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def _last_row(archive: zipfile.ZipFile, path: str) -> int | None:
    """The last row of a sheet that holds anything: a million rows that are only formatted are not read.

    None where rows have no numbers. Looks from behind for the tags themselves, many times as fast as any parser.
    """
    last, row, before = 0, 0, b""
    with archive.open(path) as stream:
        while chunk := stream.read(CHUNK):
            data = before + chunk
            content = max(data.rfind(tag) for tag in CONTENT)
            if content >= 0:
                last = _row_before(data, content) or row
                if not last:
                    return None
            row = _row_before(data, len(data)) or row
            before = data[-200:]  # a tag cut in two is looked at with the next chunk
    return last


def _row_before(data: bytes, end: int) -> int:
    """The number of the last row that begins before a place; 0 if none does, or none with a number."""
    start = max(data.rfind(b"<row ", 0, end), data.rfind(b":row ", 0, end))
    found = ROW_NUMBER.match(data, start) if start >= 0 else None
    return int(found[1]) if found else 0


def _xlsx_rows(sheet: Any, last: int | None, counter: _Counter) -> Iterator[RawRow]:
    sheet.reset_dimensions()  # some programs write a wrong one, and openpyxl would cut to it
    if last == 0:
        return
    for number, cells in enumerate(sheet.iter_rows(max_row=last), start=1):
        values = [_xlsx_value(cell) for cell in cells]
        while values and _is_blank(values[-1]):
            values.pop()
        if values:
            counter.add(len(values))
            yield number, values


def _xlsx_value(cell: Any) -> Any:
    value, kind = cell.value, cell.data_type
    if value is None:
        return Cell("") if kind == "str" else None  # a formula whose result is an empty text
    if kind == "f":
        return _Formula(str(value))
    return _error(str(value)) if kind == "e" else value


def _with_kept(rows: list[RawRow], kept: Mapping[int, list[Any]]) -> list[RawRow]:
    """The rows with what was kept of each formula in its place."""
    filled, found = [], []
    for number, values in rows:
        row = list(values)
        for place, value in enumerate(row):
            if isinstance(value, _Formula):
                others = kept.get(number, [])
                row[place] = _kept(value, others[place] if place < len(others) else None)
                found.append((row, place))
        filled.append((number, row))
    _refuse_zeros(found)
    return filled


def _kept(formula: _Formula, value: Any) -> Any:
    if truth := TRUTH.fullmatch(formula.text):
        return truth[1] == "TRUE"
    return Cell(fault=str(NOT_COMPUTED)) if value is None else value


def _refuse_zeros(formulas: list[tuple[list[Any], int]]) -> None:
    """Take zeros for not computed where all formulas of a column have them: so write programs that don't compute."""
    by_column: dict[int, list[list[Any]]] = {}
    for row, place in formulas:
        by_column.setdefault(place, []).append(row)
    for place, rows in by_column.items():
        computed = [row for row in rows if not isinstance(row[place], Cell | bool)]
        if all(_is_zero(row[place]) for row in computed):
            for row in computed:
                row[place] = Cell(fault=str(NOT_COMPUTED))


def _is_zero(value: Any) -> bool:
    if isinstance(value, datetime | time):  # 0 in the format of a date
        return value in (datetime(1899, 12, 30), datetime(1904, 1, 1), time(0))
    return isinstance(value, int | float | Decimal) and value == 0


def _ods_tables(content: bytes) -> list[Iterable[RawRow]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as stream:
        return list(_ods_sheets(stream))


def _ods_sheets(stream: IO[bytes], *, recover: bool = False) -> Iterator[list[RawRow]]:
    rows: list[RawRow] = []
    formulas: list[tuple[list[Any], int]] = []
    number, counter = 1, _Counter()
    options: dict[str, Any] = {"no_network": True, "resolve_entities": False, "recover": recover}
    for _event, element in etree.iterparse(stream, events=("end",), tag=(TABLE, TABLE_ROW), **options):
        if element.tag == TABLE:
            _refuse_zeros(formulas)
            yield rows
            rows, formulas, number = [], [], 1
            continue
        times = int(element.get(ODS % ("table", "number-rows-repeated"), 1))
        if values := _ods_row(element):
            for place in range(times):
                row = list(values) if place else values
                counter.add(len(row))
                rows.append((number + place, row))
                formulas += [(row, at) for at, value in enumerate(row) if isinstance(value, _Formula)]
                _keep_ods(row)
        number += times
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _keep_ods(row: list[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, _KeptFormula):
            row[place] = _kept(value, value.kept)


@dataclass(frozen=True)
class _KeptFormula(_Formula):
    kept: Any = None


def _ods_row(element: Any) -> list[Any]:
    """The values of a row up to its last one that is not blank."""
    values: list[Any] = []
    blanks = 0
    for cell in element.iterchildren(ODS % ("table", "table-cell"), ODS % ("table", "covered-table-cell")):
        times = int(cell.get(ODS % ("table", "number-columns-repeated"), 1))
        value = _ods_value(cell)
        if _is_blank(value):
            blanks += times
            continue
        if blanks + times > MOST_CELLS:
            _Counter().add(blanks + times)
        values += [None] * blanks + [value] * times
        blanks = 0
    return values


def _ods_value(cell: Any) -> Any:
    """What a cell of an .ods holds; text:p are its lines, and its remarks are none of them."""
    kind = cell.get(ODS % ("office", "value-type"))
    formula = cell.get(ODS % ("table", "formula"))
    value: Any = None
    if cell.get(CALCEXT_TYPE) == "error":
        return _error(_ods_text(cell))
    if kind in ("float", "percentage", "currency"):
        value = _ods_number(cell.get(ODS % ("office", "value")))
    elif kind == "boolean":
        value = cell.get(ODS % ("office", "boolean-value")) == "true"
    elif kind == "date":
        value = datetime.fromisoformat(cell.get(ODS % ("office", "date-value")))
    elif kind is not None:
        value = cell.get(ODS % ("office", "string-value")) or _ods_text(cell)
    return value if formula is None else _KeptFormula(formula, value)


def _ods_number(written: str) -> int | Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(written) from error
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number


def _ods_text(cell: Any) -> str:
    return "\n".join("".join(_ods_pieces(line)) for line in cell.iterchildren(ODS % ("text", "p")))


def _ods_pieces(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == ODS % ("text", "s"):
            yield " " * min(int(child.get(ODS % ("text", "c"), 1)), 1000)
        elif child.tag == ODS % ("text", "tab"):
            yield "\t"
        elif child.tag == ODS % ("text", "line-break"):
            yield "\n"
        elif child.tag != ODS % ("office", "annotation"):
            yield from _ods_pieces(child)
        yield child.tail or ""


def _tables_by_calamine(content: bytes, *, is_xlsx: bool) -> list[Iterable[RawRow]]:
    """The other reader, which takes what ours refuse. It says neither errors nor formulas: where there are any, no."""
    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_what_calamine_hides(archive, is_xlsx=is_xlsx)
        book = python_calamine.load_workbook(io.BytesIO(content))
        tables = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (*REFUSALS, python_calamine.CalamineError) as error:
        raise Unreadable(BROKEN) from error
    counter = _Counter()
    found: list[Iterable[RawRow]] = []
    for table in tables:
        rows = [(number, row) for number, row in enumerate(table, start=1) if not all(map(_is_blank, row))]
        for _number, row in rows:
            counter.add(len(row))
        found.append(rows)
    return found


def _refuse_what_calamine_hides(archive: zipfile.ZipFile, *, is_xlsx: bool) -> None:
    """Refuse formulas and errors, which it takes for blanks, and sheets so wide and long that it takes all memory."""
    if not is_xlsx:
        content = archive.read("content.xml")
        if b":formula=" in content or b'value-type="error"' in content:
            raise ValueError("formulas")
        with archive.open("content.xml") as stream:
            for _rows in _ods_sheets(stream, recover=True):
                pass  # it counts
        return
    for part in archive.infolist():
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            content = archive.read(part)
            if re.search(rb"<(?:\w+:)?f[ />]", content) or b't="e"' in content:
                raise ValueError("formulas")
            places = [(_place(found[1]), int(found[2])) for found in REFERENCE.finditer(content)]
            if places and max(place for place, _row in places) * max(row for _place, row in places) > MOST_CELLS:
                raise ValueError("far apart")


def _place(letters: bytes) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + sign - ord("A") + 1
    return number
