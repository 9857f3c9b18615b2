#!/bin/sh
# An error, a formula that nobody computed and a blank: from python-calamine all three come as the same empty text.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work"
"$work/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1
"$work/bin/python" - <<'PYTHON'
from importlib.metadata import version
from io import BytesIO

import openpyxl
import python_calamine

print(f"python-calamine {version('python-calamine')}, openpyxl {version('openpyxl')}")
print("Guess: what a reader gives as blank is blank, so that a list of members can be checked for what is missing.")

book = openpyxl.Workbook()
for row in (["number", "e-mail"], [1, None], [2, "#N/A"], [3, "=LOWER(D4)"], [None, "=LOWER(D5)"]):
    book.active.append(row)
file = BytesIO()
book.save(file)

sheet = python_calamine.load_workbook(BytesIO(file.getvalue())).get_sheet_by_index(0)
rows = sheet.to_python(skip_empty_area=False)
cells = [cell for row in openpyxl.load_workbook(file, read_only=True).active.iter_rows(min_col=2) for cell in row]
print(f"  python-calamine  {rows}")
print(f"  openpyxl         {[(cell.value, cell.data_type) for cell in cells]}")
print("  and the last row, which holds only a formula, is none at all: so the rows can't be counted either.")
print("Why: Python gets the values that were kept; an error has none here, nor has a formula of a program that never")
print("computes, such as openpyxl or an export of some web application.")
print("Instead: read with openpyxl, where data_type is 'e' or 'f', and refuse those cells; give calamine only files")
print("whose XML has neither t=\"e\" nor <f>.")

assert rows == [["number", "e-mail"], [1.0, ""], [2.0, ""], [3.0, ""]]
assert [cell.data_type for cell in cells][2:] == ["e", "f", "f"]
PYTHON
