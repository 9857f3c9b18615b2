"""Tables for a spreadsheet: CSV as Excel opens it at a double click."""

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would compute


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows, the heading first, with semicolons and a mark of UTF-8; nothing a person typed is computed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        shown = ["" if cell is None else str(cell) for cell in row]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in shown])
    return text.getvalue().encode("utf-8-sig")
