import subprocess
import sys

import pypdfium2
from django.conf import settings

from documents.pdf import render

PAGE = """
from documents.pdf import render
assert render("<html lang=de><p>Grüezi").startswith(b"%PDF")
"""


def test_no_file_gets_into_a_pdf_by_any_road(tmp_path):
    (tmp_path / "canary.txt").write_text("the canary")
    (tmp_path / "canary.css").write_text("p { content: 'the canary' }")
    canary = (tmp_path / "canary").as_uri()
    pdf = render(
        f"<link rel=attachment href='{canary}.txt'><link rel=stylesheet href='{canary}.css'>"
        f"<a rel=attachment href='{canary}.txt'>x</a><img src='{canary}.txt'><p>Grüezi"
        f"<style>@import url('{canary}.css')</style>",
        f"@import url('{canary}.css');",
    )
    document = pypdfium2.PdfDocument(pdf)
    assert document.count_attachments() == 0
    assert "Grüezi" in document[0].get_textpage().get_text_range()


def test_a_program_that_printed_ends_without_a_word():
    """WeasyPrint's fonts are let go while Python still stands; too late, it complains on stderr."""
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "", "HOME": "/tmp", "DEMO": "1"}
    program = "import django; django.setup()" + PAGE
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    assert done.stderr.decode() == ""
