from pathlib import Path

from django.core.checks import run_checks

from config import checks

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_missing_library_is_said_with_the_line_that_installs_it(monkeypatch):
    assert [found for found in run_checks() if found.id == "config.E001"] == []
    monkeypatch.setitem(checks.LIBRARIES, "libnowhere.so.0", "libnowhere")
    (found,) = [found for found in run_checks() if found.id == "config.E001"]
    assert found.hint == f"As root, run: {checks.LINE}"


def test_the_line_is_the_one_of_bin_start():
    assert f"system {' '.join(checks.LIBRARIES.values())}" in (ROOT / "bin/_bootstrap").read_text()
