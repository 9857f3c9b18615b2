import subprocess
import sys

import pypdfium2
from django.conf import settings

from documents.pdf import render

PAGE = """
from documents.pdf import render
assert render("<html lang=de><p>Grüezi").startswith(b"%PDF")
"""

DRAWING = """
from documents import fonts
from documents.drawing import Drawing, Words
from documents.pdf import render
fonts.face(400)
word = Drawing(20, 10, [Words(1, 8, 10, "drawn")], "")
page = "<html lang=en><p style='font-family: Liberation Sans'>printed <img src=drawing:word alt=drawn>"
assert render(page, drawings={"word": word}).count(b"/Length1") == 1  # one font's file
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
    assert said_by(PAGE) == ""


def test_a_drawing_asked_for_first_has_the_font_of_the_page():
    assert said_by(DRAWING) == ""


def said_by(program):
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "", "HOME": "/tmp", "DEMO": "1"}
    program = "import django; django.setup()" + program
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    return done.stderr.decode()
