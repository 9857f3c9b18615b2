"""The files that go with a workbook of organisations: the template to fill in, and the report of what became of it."""

import io

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from documents import exports

from .import_columns import FIELDS, template_rows
from .models import PartnerImport

OUTCOMES = {
    "active": pgettext_lazy("partner", "Active"),
    "admitted": pgettext_lazy("partner", "Admitted"),
    "there": pgettext_lazy("partner", "There already"),
    "refused": pgettext_lazy("partner", "Refused"),
}


def template() -> bytes:
    """An empty workbook with the headings and one example in the reader's language; every cell is text."""
    from openpyxl import Workbook  # few web workers ever need it
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = _("Organisations")
    for row in template_rows():
        sheet.append(row)
    for place, field in enumerate(FIELDS, start=1):
        name = get_column_letter(place)
        sheet.column_dimensions[name].width = max(len(str(field.heading)), len(str(field.example))) + 2
        sheet.column_dimensions[name].number_format = "@"  # a postcode typed here keeps its zeros
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(2, place).number_format = "@"
    sheet.freeze_panes = "B2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_csv(found: PartnerImport) -> bytes:
    """A line per finding, and one for each organisation without any."""
    rows: list[list[object]] = [
        [_("Row"), _("Column"), _("Heading"), _("Organisation"), _("Outcome"), _("What there is to say")]
    ]
    rows += [_cells(remark, "", "") for remark in found.remarks]
    for line in found.shown_lines:
        for finding in line["findings"] or [{"row": line["rows"][0], "letter": "", "heading": "", "sentence": ""}]:
            rows.append(_cells(finding, line["name"], OUTCOMES[line["outcome"]]))
    return exports.as_csv(rows)


def _cells(finding: dict[str, object], name: str, outcome: object) -> list[object]:
    return [finding["row"], finding["letter"], finding["heading"], name, outcome, finding["sentence"]]
