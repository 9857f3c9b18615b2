import re

from django.conf import settings

TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
PAPER = {
    "billing/invoice_pdf.html",
    "partners/agreement_pdf.html",
    "partners/letter_pdf.html",
    "partners/poster_pdf.html",
    "public/track/slip_pdf.html",
    "shipping/label_pdf.html",
}  # its style lies beside what renders it


def test_every_class_that_a_template_names_has_a_rule():
    """Our copy of Bootstrap holds some of its families only: bin/bootstrap.config.cjs."""
    sheets = [*settings.BASE_DIR.glob("static/*.css"), *settings.BASE_DIR.glob("static/vendor/*.css")]
    known = {name for sheet in sheets for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text())}
    folder = settings.BASE_DIR / "templates"
    without_rule = {
        (str(path.relative_to(folder)), name)
        for path in folder.rglob("*.html")
        for names in re.findall(r'\bclass="([^"]*)"', TAGS.sub(" ", path.read_text()))
        for name in names.split()
        if name not in known and not name.startswith("-")  # the end of a name that a tag begins
    }
    assert {(path, name) for path, name in without_rule if path not in PAPER} == set()
