import os
import subprocess
import sys
from pathlib import Path

from django.core.checks import run_checks

from config import checks

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_missing_library_is_said_with_the_line_that_installs_it(monkeypatch):
    assert [found for found in run_checks() if found.id == "config.E001"] == []
    monkeypatch.setitem(checks.LIBRARIES, "libnowhere.so.0", "libnowhere")
    (found,) = [found for found in run_checks() if found.id == "config.E001"]
    assert found.hint == f"As root, run: {checks.LINE}"


def test_every_command_asks_for_it():
    program = "import django; django.setup(); from django.core.checks.registry import registry as known; "
    program += "print('pdfs_can_be_made' in {check.__name__ for check in known.get_checks()})"
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout == "True\n"


def test_the_line_is_the_one_of_bin_start():
    assert f"system {' '.join(checks.LIBRARIES.values())}" in (ROOT / "bin/_bootstrap").read_text()
