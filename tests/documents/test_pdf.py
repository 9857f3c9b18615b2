import subprocess
import sys

from django.conf import settings

PAGE = """
from documents.pdf import render
assert render("<p>Grüezi").startswith(b"%PDF")
"""


def test_a_program_that_printed_ends_without_a_word():
    """WeasyPrint's fonts are let go while Python still stands; too late, it complains on stderr."""
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "", "HOME": "/tmp", "DEMO": "1"}
    program = "import django; django.setup()" + PAGE
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    assert done.stderr.decode() == ""
