import pytest

from documents import ident_codes

CODE = "990000000000000417"


def test_a_code_is_made_from_its_item_number_and_gives_it_back():
    assert ident_codes.from_item_number(417) == CODE
    assert ident_codes.from_item_number(99_999_999) == "990000000099999999"
    assert ident_codes.item_number(CODE) == 417


def test_a_code_is_printed_in_groups_and_no_code_not_at_all():
    assert ident_codes.printed(CODE) == "99.00.000000.00000417"
    assert ident_codes.printed("") == ""


@pytest.mark.parametrize(
    "text", [CODE, "99.00.000000.00000417", "99 00 000000 00000417", f" {CODE}\n", ident_codes.printed(CODE)]
)
def test_a_code_is_read_from_a_scan_and_as_people_type_it(text):
    assert ident_codes.from_scan(text) == CODE


@pytest.mark.parametrize("text", ["", "...", "D-000417", CODE[:-1], f"{CODE}0", "٩" * 18, "9" * 400, "\0"])
def test_anything_else_that_is_scanned_is_no_code(text):
    assert ident_codes.from_scan(text) == ""


def test_labels_are_told_apart_by_their_last_four_digits():
    assert ident_codes.ending(CODE) == "0417"
