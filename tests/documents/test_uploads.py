from io import BytesIO

import pytest

from documents.uploads import LARGEST, workbook_fault


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04...",
        b"Nr;Gemeinde\r\n",
        "Nr;Gemeinde\r\n".encode("utf-16"),
        "\ufeffNr;Müli".encode(),
        "Nr;Müli".encode("cp1252"),
    ],
)
def test_a_workbook_passes_the_gate_and_is_read_from_its_beginning(content):
    file = BytesIO(content)
    assert workbook_fault(file, len(content)) == ""
    assert file.read() == content


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"a\0b", b"{\\rtf1", b"<html>"]
)
def test_what_is_no_workbook_is_told_by_its_first_bytes(content):
    assert workbook_fault(BytesIO(content), len(content)) == "This is no workbook. .xlsx, .ods and CSV are read."


def test_an_empty_file_and_a_huge_one_are_refused():
    assert workbook_fault(BytesIO(b" \n"), 2) == "This file is empty."
    assert workbook_fault(BytesIO(b"Nr;"), LARGEST + 1) == "This file is larger than 10 MB."
