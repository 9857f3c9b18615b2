from datetime import date, datetime, time
from decimal import Decimal

import pytest

from documents import cells
from documents.cells import Cell, Fault


def said(reader, value, **options):
    """What a reader makes of a cell, or the sentence with which it refuses."""
    try:
        return reader(Cell(value), **options)
    except Fault as fault:
        return str(fault)


@pytest.mark.parametrize("value", [None, "", "  ", "\u202f\n"])
def test_spaces_are_blank(value):
    assert Cell(value).is_blank
    readers = [cells.text, cells.postcode, cells.phone, cells.whole_number, cells.decimal, cells.day, cells.yes_no]
    assert [said(reader, value) for reader in readers] == ["", "", "", None, None, None, None]


@pytest.mark.parametrize("value", [0, 0.0, False, "0"])
def test_nought_is_not_blank(value):
    assert not Cell(value).is_blank


def test_the_fault_of_a_cell_is_no_blank():
    cell = Cell(fault="“#N/A” is a formula’s error.")
    assert not cell.is_blank
    with pytest.raises(Fault, match="#N/A"):
        cells.text(cell)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Mu\u0308li\u202f\u00a0Ba\u0308chau ", "Müli Bächau"),
        (9001, "9001"),
        (9001.0, "9001"),
        (0.1, "0.1"),
        (1237665.55000000000007, "1237665.55"),
        (1e15, "1000000000000000"),
        (True, "TRUE"),
        (date(2024, 1, 31), "31.01.2024"),
    ],
)
def test_a_line_of_text(value, text):
    assert said(cells.text, value) == text


def test_what_has_no_room_is_said_with_its_length():
    assert said(cells.text, "ä" * 71, longest=70) == "At most 70 characters have room; these are 71."
    assert said(cells.text, "a\u0308" * 70, longest=70) == "ä" * 70


@pytest.mark.parametrize(
    ("value", "postcode"),
    [("0123", "0123"), (3400, "3400"), (3400.0, "3400"), ("CH-3400", "CH-3400"), (" 3400\u00a0", "3400")],
)
def test_a_postcode(value, postcode):
    assert said(cells.postcode, value) == postcode


@pytest.mark.parametrize("value", [123, 34000, 3400.5, True, date(2024, 1, 1)])
def test_a_number_that_may_have_lost_its_zeros_is_named(value):
    assert "may be lost: write the postcode as text." in said(cells.postcode, value)


def test_a_telephone_number_keeps_its_blanks_and_one_that_lost_its_plus_is_asked_about():
    assert said(cells.phone, "+41 31 555 01 01") == "+41 31 555 01 01"
    assert said(cells.phone, "+41315550102") == "+41315550102"
    asked = "“41315550102” has lost its beginning: is it +41315550102 or 041315550102? Write it with blanks, as text."
    assert said(cells.phone, 41315550102) == asked
    assert said(cells.phone, "41315550102") == asked


@pytest.mark.parametrize("value", [261, 261.0, "261", "261.0", "0261", "\u00a0261 ", "261,0"])
def test_a_whole_number_however_it_is_written(value):
    assert said(cells.whole_number, value) == 261


@pytest.mark.parametrize("value", [261.5, "26l", "-1", -1, True, "261.5", "²"])
def test_what_is_no_whole_number(value):
    assert said(cells.whole_number, value).endswith("is no whole number.")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1’200.50", "1200.5"),
        ("1'234'567.85", "1234567.85"),
        ("1\u202f200,50", "1200.5"),
        ("1.200,50", "1200.5"),
        ("1,200.50", "1200.5"),
        ("1,234,567", "1234567"),
        ("8,1", "8.1"),
        ("-20.50", "-20.5"),
        ("−20.50", "-20.5"),
        ("CHF 150.–", "150"),
        ("150.-- Fr.", "150"),
        ("0.00", "0"),
        (1237665.55, "1237665.55"),
        ("1237665.5500000000001", "1237665.55"),
        (Decimal("1237665.55000000000007"), "1237665.55"),
        (980, "980"),
        ("0,500", "0.5"),
    ],
)
def test_an_amount(value, number):
    assert said(cells.decimal, value) == Decimal(number)


def test_thousands_or_a_fraction_is_asked_about():
    assert said(cells.decimal, "1,200") == "“1,200” may be 1200 or 1.200: write it without the comma."


@pytest.mark.parametrize("value", ["12 Franken", True, date(2024, 1, 1), "1..2", "nan", float("nan"), float("inf")])
def test_what_is_no_amount(value):
    assert said(cells.decimal, value).endswith("is no number.")


@pytest.mark.parametrize(
    ("value", "rate"), [("8,1%", "0.081"), ("8.1 %", "0.081"), (0.081, "0.081"), ("0.081", "0.081"), ("100%", "1")]
)
def test_a_rate(value, rate):
    assert said(cells.rate, value) == Decimal(rate)


@pytest.mark.parametrize("value", ["8,1", 8.1])
def test_percent_or_a_fraction_is_asked_about(value):
    assert "may be percent or a fraction" in said(cells.rate, value)


@pytest.mark.parametrize(
    "value",
    [
        "01.02.2024",
        "1.2.2024",
        "2024/02/01",
        "2024-02-01",
        "2024-02-01 00:00:00",
        "2024-02-01T00:00:00",
        datetime(2024, 2, 1, 13, 30),
        date(2024, 2, 1),
    ],
)
def test_a_day(value):
    assert said(cells.day, value) == date(2024, 2, 1)


def test_a_day_with_slashes_counts_only_if_there_is_one_way_to_read_it():
    assert said(cells.day, "15/07/2023") == said(cells.day, "07/15/2023") == date(2023, 7, 15)
    assert said(cells.day, "07/07/2023") == date(2023, 7, 7)
    asked = "“07/08/2023” may be 07.08.2023 or 08.07.2023: write it like 31.12.2024."
    assert said(cells.day, "07/08/2023") == asked


@pytest.mark.parametrize("value", ["31.02.2024", "01.01.24", "gestern", 45292, 45292.0, True, time(0)])
def test_what_is_no_day(value):
    assert said(cells.day, value).startswith("“")


@pytest.mark.parametrize("value", ["ja", "Oui", "SÌ", "sì\u00a0", "wahr", "VRAI", "vero", "yes", True, 1, 1.0, "1"])
def test_yes(value):
    assert said(cells.yes_no, value) is True


@pytest.mark.parametrize("value", ["nein", "Non", "NO", "FALSCH", "faux", "falso", False, 0, 0.0, "0"])
def test_no(value):
    assert said(cells.yes_no, value) is False


@pytest.mark.parametrize("value", ["vielleicht", "x", 2, -1, "-", date(2024, 1, 1)])
def test_what_is_neither_is_a_fault_and_no_yes(value):
    assert said(cells.yes_no, value).endswith("is neither yes nor no.")


def test_a_word_of_a_list():
    words = {"büro": "office"}
    assert said(cells.choice, " BU\u0308RO", words=words, offered=lambda: "Büro") == "office"
    assert said(cells.choice, "Amt", words=words, offered=lambda: "Büro") == "“Amt” is not known here. There are: Büro."
    assert said(cells.choice, "", words=words, offered=lambda: "Büro") is None
