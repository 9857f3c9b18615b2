"""Workbooks as offices make them; the samples' own story stands in data/workbooks/README.md."""

import json
import re
import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from documents import cells, workbooks
from documents.workbooks import Unreadable

SAMPLES = Path(__file__).parent / "data" / "workbooks"
READERS = {
    "Nr": cells.whole_number,
    "Gemeinde": cells.text,
    "PLZ": cells.postcode,
    "Telefon": cells.phone,
    "Beitrag CHF": cells.decimal,
    "Satz": cells.rate,
    "Beitritt": cells.day,
    "Aktiv": cells.yes_no,
    "Bemerkung": cells.lines,
}
HEADINGS = {heading: [heading] for heading in READERS}
NOT_COMPUTED = "This formula is not computed: open the file once in your program and save it."


def read(content, headings=HEADINGS, needed=("Nr", "Gemeinde")):
    return workbooks.read(content, headings, needed)


def refusal(content, **options):
    with pytest.raises(Unreadable) as refused:
        read(content, **options)
    return str(refused.value)


def xlsx(*rows, change=lambda book: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def with_parts(content, **changes):
    """An archive with parts rewritten: `name=function of its bytes`; the name has `__` for `/` and `_` for `.`."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = changes.get(name.replace("/", "__").replace(".", "_"))
            new.writestr(name, change(old.read(name)) if change else old.read(name))
    return result.getvalue()


def ods(rows):
    """A workbook in LibreOffice's manner, with other rows than the sample's; soffice itself is on no test's machine."""

    def with_rows(content):
        before, _first, rest = content.partition(b"<table:table-row")
        return before + rows.encode() + rest[rest.index(b"</table:table>") :]

    return with_parts((SAMPLES / "libreoffice.ods").read_bytes(), content_xml=with_rows)


def ods_row(*cells, attributes=""):
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_text(*lines, attributes=""):
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return f'<table:table-cell office:value-type="string" {attributes}>{paragraphs}</table:table-cell>'


def ods_number(value, attributes=""):
    return f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}/>'


HEAD = ods_row(ods_text("Nr"), ods_text("Gemeinde"), ods_text("Beitrag CHF"))


def column(sheet, key):
    return [row.cells[key].fault or row.cells[key].value for row in sheet.rows]


# The samples


@pytest.mark.parametrize(
    "name", sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".xlsx", ".ods", ".csv"))
)
def test_each_program_saves_the_same_list(name):
    headings, *expected = json.loads((SAMPLES / "expected.json").read_text())
    sheet = read((SAMPLES / name).read_bytes())
    assert [column.heading for column in sheet.columns.values()] == headings
    rows = [row for row in sheet.rows if not row.is_total]
    assert [row.number for row in rows] == list(range(2, 12))
    found = [[READERS[key](row.cells[key]) for key in headings] for row in rows]
    for row, right in zip(found, expected, strict=True):
        number, name, postcode, phone, amount, rate, since, active, remark = right
        row[4:6] = [None if value is None else float(value) for value in row[4:6]]
        row[6] = row[6] and row[6].isoformat()
        assert row == [number, name, postcode, phone or "", amount, rate, since, active, (remark or "").strip()]


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("openpyxl.xlsx", NOT_COMPUTED),
        ("xlsxwriter.xlsx", NOT_COMPUTED),
        ("libreoffice.xlsx", "1237665.55"),
        ("libreoffice.ods", "1237665.55"),
        ("gnumeric.xlsx", "1237665.55"),
        ("gnumeric.csv", "1237665.55"),
        ("libreoffice-de-CH.csv", "1237665.55"),
    ],
)
def test_the_total_is_told_from_a_commune_and_never_nought_when_nobody_computed_it(name, total):
    last = read((SAMPLES / name).read_bytes()).rows[-1]
    assert last.is_total
    try:
        assert cells.shown(cells.decimal(last.cells["Beitrag CHF"])) == total
    except cells.Fault as fault:
        assert str(fault) == total


def test_two_blanks_are_blank_whether_they_are_kept_or_not():
    for name in ("openpyxl.xlsx", "gnumeric.xlsx", "libreoffice.ods"):
        row = next(row for row in read((SAMPLES / name).read_bytes()).rows if row.number == 7)
        assert row.cells["Bemerkung"].is_blank


# Where the headings are


def test_a_title_blank_rows_and_a_hidden_row_change_no_number():
    def hide(book):
        book.active.row_dimensions[6].hidden = True

    content = xlsx(
        [], ["Unsere Liste 2026"], [], ["Telefon", "gemeinde :", None, " NR "], [], [None, "Hier", None, 7], change=hide
    )
    sheet = read(content)
    assert [(row.number, row.cells["Gemeinde"].value) for row in sheet.rows] == [(6, "Hier")]
    assert str(sheet.columns["Gemeinde"]) == "B “gemeinde :”"


def test_the_sheet_with_the_headings_counts():
    def add(book):
        for row in (["Nr", "Gemeinde"], [1, "Hier"]):
            book.create_sheet("Zweites").append(row) if len(book.worksheets) == 1 else book.worksheets[1].append(row)

    assert column(read(xlsx(["Nur Notizen"], change=add)), "Gemeinde") == ["Hier"]


def test_unknown_columns_are_named_and_ragged_rows_are_read():
    sheet = read(b"Nr;Gemeinde;Fax\r\n1\r\n2;Hier;;;zu viel\r\n")
    assert [str(column) for column in sheet.unknown] == ["C “Fax”"]
    assert [(row.number, row.cells["Gemeinde"].value) for row in sheet.rows] == [(2, None), (3, "Hier")]


def test_headings_are_compared_without_accents_and_signs():
    headings = {"a": ["N° de référence"], "b": ["E-mail"]}
    assert column(read(b"NO DE REFERENCE;EMAIL\r\n1;2", headings, ["b"]), "b") == ["2"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Telefon;PLZ;Nr\r\n1;2;3", "Row 1 holds the headings, but this one is missing: “Gemeinde”."),
        (b"a;b\r\n1;2", "No row holds the headings. At least these are needed: “Nr”, “Gemeinde”."),
        (b"Nr;Gemeinde;PLZ;plz\r\n", "Two columns hold the same: C “PLZ” · D “plz”. Leave one of them."),
        (b"", "This file is empty."),
        (b"\r\n \r\n", "This file is empty."),
    ],
)
def test_what_is_wrong_with_the_headings_is_said(content, sentence):
    assert refusal(content) == sentence


# Formulas and errors


def test_an_error_and_a_formula_without_a_result_are_faults_of_their_cells():
    sheet = read(xlsx(["Nr", "Gemeinde", "PLZ"], [1, "#N/A", "=A2*2"], [2, "=B2", "#REF!"]))
    error = "“{}” is a formula’s error: mend it in your program.".format
    assert column(sheet, "Gemeinde") == [error("#N/A"), NOT_COMPUTED]
    assert column(sheet, "PLZ") == [NOT_COMPUTED, error("#REF!")]


def test_a_text_that_begins_like_a_formula_is_text():
    def as_text(book):
        book.active["B2"].data_type = "s"

    assert column(read(xlsx(["Nr", "Gemeinde"], [1, "=Ersatz für 9003"], change=as_text)), "Gemeinde") == [
        "=Ersatz für 9003"
    ]


def kept_formula(*kept):
    """A column of formulas with what a program kept of them."""

    def keep(content):
        for value in kept:
            content = re.sub(rb"(<f>[^<]*</f>)<v ?/>", rb"\g<1><v>%s</v>" % value, content, count=1)
            content = re.sub(rb"(<f>[^<]*</f>)<v></v>", rb"\g<1><v>%s</v>" % value, content, count=1)
        return content

    rows = [[place, "Hier", f"=A{place}+0"] for place in range(2, 2 + len(kept))]
    return with_parts(xlsx(["Nr", "Gemeinde", "Beitrag CHF"], *rows), xl__worksheets__sheet1_xml=keep)


def test_zeros_under_all_formulas_of_a_column_are_not_computed_and_one_among_others_is():
    assert column(read(kept_formula(b"0", b"0")), "Beitrag CHF") == [NOT_COMPUTED] * 2
    assert column(read(kept_formula(b"0", b"5")), "Beitrag CHF") == [0, 5]


def test_an_empty_text_is_a_result():
    def keep(content):
        return re.sub(rb'<c r="C2"><f>([^<]*)</f><v( ?/|></v)>', rb'<c r="C2" t="str"><f>\g<1></f><v></v>', content)

    rows = xlsx(["Nr", "Gemeinde", "Bemerkung"], [1, "Hier", '=IF(A2=1,"","x")'])
    assert column(read(rows), "Bemerkung") == [NOT_COMPUTED]
    assert column(read(with_parts(rows, xl__worksheets__sheet1_xml=keep)), "Bemerkung") == [""]


def test_formulas_of_an_ods():
    row = ods_row(
        ods_number(1),
        ods_text("#N/A", attributes='calcext:value-type="error" table:formula="of:=NA()"'),
        '<table:table-cell table:formula="of:=[.A2]"/>',
    )
    sheet = read(ods(HEAD + row))
    assert sheet.rows[0].cells["Gemeinde"].fault.startswith("“#N/A” is a formula’s error")
    assert sheet.rows[0].cells["Beitrag CHF"].fault == NOT_COMPUTED


def test_repeated_rows_and_cells_remarks_and_blanks_of_an_ods():
    remark = "<office:annotation><text:p>frag Frau X</text:p></office:annotation>"
    name = '<text:p>Val<text:s text:c="2"/>d’Essai</text:p>'
    rows = (
        ods_row("<table:table-cell/>", attributes='table:number-rows-repeated="3"')
        + HEAD
        + ods_row(
            ods_number(7),
            f'<table:table-cell office:value-type="string">{remark}{name}</table:table-cell>',
        )
        + ods_row(ods_number(8, 'table:number-columns-repeated="3"'), attributes='table:number-rows-repeated="2"')
        + ods_row("<table:table-cell/>", attributes='table:number-rows-repeated="1048000"')
    )
    sheet = read(ods(rows))
    assert [(row.number, cells.text(row.cells["Gemeinde"])) for row in sheet.rows] == [
        (5, "Val d’Essai"),
        (6, "8"),
        (7, "8"),
    ]
    assert column(sheet, "Beitrag CHF") == [None, 8, 8]


# Dates


def test_both_epochs():
    def since_1904(book):
        book.epoch = CALENDAR_MAC_1904

    for change in (since_1904, lambda book: None):
        sheet = read(xlsx(["Nr", "Gemeinde", "Beitritt"], [1, "Hier", date(2024, 2, 1)], change=change))
        assert cells.day(sheet.rows[0].cells["Beitritt"]) == date(2024, 2, 1)


def test_the_other_reader_knows_both_epochs_too():
    def since_1904(book):
        book.epoch = CALENDAR_MAC_1904

    for change in (since_1904, lambda book: None):
        content = with_a_bad_style(
            xlsx(["Nr", "Gemeinde", "Beitritt"], [1, "Hier", datetime(2024, 2, 1)], change=change)
        )
        assert cells.day(read(content).rows[0].cells["Beitritt"]) == date(2024, 2, 1)


# CSV


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("named", ["", "sep={}\r\n", '"sep={}"\r\n'])
def test_csv_by_its_delimiter_and_encoding(delimiter, encoding, named):
    text = (
        named.format(delimiter)
        + delimiter.join(["Nr", "Gemeinde"])
        + "\r\n"
        + delimiter.join(["1", "Müli-Bächau"])
        + "\r\n"
    )
    sheet = read(text.encode(encoding))
    assert [(row.number, row.cells["Gemeinde"].value) for row in sheet.rows] == [(2, "Müli-Bächau")]


def test_rows_of_a_csv_are_counted_as_a_spreadsheet_shows_them():
    sheet = read(b'Nr;Gemeinde\r\n1;"zwei\nZeilen"\r\n\r\n2;Hier\r\n')
    assert [row.number for row in sheet.rows] == [2, 4]


def test_a_semicolon_in_a_name_is_no_delimiter():
    assert column(read(b"Nr,Gemeinde\r\n9,Hinter;Halden\r\n"), "Gemeinde") == ["Hinter;Halden"]


# What is refused


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "This is an old Excel file (.xls) or one with a password. Save it as .xlsx without one.",
        ),
        (b"%PDF-1.7\0\0", "This is no workbook. .xlsx, .ods and CSV are read."),
        (b"PK\x03\x04" + b"\0" * 100, "This workbook can’t be read. Open it in your program and save it once more."),
        (b"Nr;Gemeinde\r\n\x811;x", "This is no workbook. .xlsx, .ods and CSV are read."),
        (b'Nr;Gemeinde\r\n1;"' + b"x" * 200_000, "This is no workbook. .xlsx, .ods and CSV are read."),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_sentence(content, sentence):
    assert refusal(content) == sentence


def archive(**parts):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def test_another_archive_is_no_workbook_and_a_binary_one_is_told_apart():
    assert refusal(archive(text="Nr;Gemeinde")) == "This is no workbook. .xlsx, .ods and CSV are read."
    assert refusal(archive(**{"xl__workbook.bin": "x"})) == "This is a binary workbook (.xlsb). Save it as .xlsx."


def test_a_bomb_is_refused_before_it_is_unpacked():
    content = with_parts(xlsx(["Nr", "Gemeinde"]), xl__worksheets__sheet1_xml=lambda _old: b" " * 70_000_000)
    assert len(content) < 200_000
    tracemalloc.start()
    assert refusal(content).startswith("Unpacked, this workbook is larger than 60 MB.")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_entities_are_refused_unread():
    def with_an_entity(content):
        return b'<!DOCTYPE worksheet [<!ENTITY here "Hier">]>' + content.replace(b"Hier", b"&here;")

    content = with_parts(xlsx(["Nr", "Gemeinde"], [1, "Hier"]), xl__worksheets__sheet1_xml=with_an_entity)
    assert refusal(content) == "This workbook can’t be read. Open it in your program and save it once more."


def test_more_rows_than_anybody_keeps_are_refused():
    content = b"Nr;Gemeinde\r\n" + b"1;x\r\n" * workbooks.MOST_ROWS
    assert refusal(content) == "There are more than 20’000 rows or 600’000 cells. Take them over in parts."
    repeated = ods_row(ods_number(1), attributes='table:number-rows-repeated="1000000"')
    assert refusal(ods(HEAD + repeated)).startswith("There are more than 20’000 rows")
    wide = ods_row(ods_number(1, 'table:number-columns-repeated="2000000000"'))
    assert refusal(ods(HEAD + wide)).startswith("There are more than 20’000 rows")


def test_a_used_range_of_a_million_rows_costs_nothing(monkeypatch):
    def format_the_last(book):
        book.active.cell(1_048_576, 16_384).font = Font(bold=True)

    content = xlsx(["Nr", "Gemeinde"], [1, "Hier"], change=format_the_last)
    seen = []
    value_of = workbooks._xlsx_value
    monkeypatch.setattr(workbooks, "_xlsx_value", lambda cell: seen.append(cell) or value_of(cell))
    assert [row.number for row in read(content).rows] == [2]
    assert len(seen) == 4  # and none of a row that is only formatted


def test_formatted_rows_after_the_last_one_are_not_even_parsed():
    blank = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in range(3, 200_003))
    content = with_parts(
        xlsx(["Nr", "Gemeinde"], [1, "Hier"]),
        xl__worksheets__sheet1_xml=lambda old: old.replace(b"</sheetData>", blank + b"</sheetData>"),
    )
    with zipfile.ZipFile(BytesIO(content)) as opened:
        assert workbooks._last_row(opened, "xl/worksheets/sheet1.xml") == 2
    assert len(read(content).rows) == 1


def test_a_wrong_used_range_cuts_nothing():
    content = with_parts(
        xlsx(["Nr", "Gemeinde"], [1, "Hier"]),
        xl__worksheets__sheet1_xml=lambda old: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', old),
    )
    assert column(read(content), "Gemeinde") == ["Hier"]


# The other reader


def with_a_bad_style(content):
    """A workbook whose style openpyxl refuses as a whole."""
    return with_parts(content, xl__styles_xml=lambda old: old.replace(b'patternType="gray125"', b'patternType="plaid"'))


def test_what_one_reader_refuses_is_tried_with_another():
    content = with_a_bad_style(xlsx([], [], ["Nr", "Gemeinde"], [], [1, "Hier"]))
    with pytest.raises(ValueError, match="stylesheet"):
        openpyxl.load_workbook(BytesIO(content))
    assert [(row.number, row.cells["Gemeinde"].value) for row in read(content).rows] == [(5, "Hier")]


def test_an_ods_that_one_reader_refuses_is_tried_with_another():
    content = with_parts(
        ods(HEAD + ods_row(ods_number(1), ods_text("Hier"))), content_xml=lambda old: old.replace(b"Hier", b"Hi\x0ber")
    )
    with zipfile.ZipFile(BytesIO(content)) as opened, pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(opened.read("content.xml"))
    assert column(read(content), "Gemeinde") == ["Hi\x0ber"]


def test_the_other_reader_hides_errors_so_it_gets_no_formulas():
    assert refusal(with_a_bad_style(xlsx(["Nr", "Gemeinde"], [1, "=A2"]))).startswith("This workbook can’t be read.")
    assert refusal(with_a_bad_style(xlsx(["Nr", "Gemeinde"], [1, "#N/A"]))).startswith("This workbook can’t be read.")


def test_corners_far_apart_are_kept_from_the_reader_that_would_take_all_memory():
    def far(book):
        book.active["XFD1048576"] = "x"

    assert refusal(with_a_bad_style(xlsx(["Nr", "Gemeinde"], change=far))).startswith("This workbook can’t be read.")
    assert read(xlsx(["Nr", "Gemeinde"], [1, "Hier"], change=far)).rows[0].number == 2
