"""Every sentence in de, fr and it: none missing, none fuzzy, compiled as it stands."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["de", "fr", "it"]
NOT_OURS = (".venv", ".data", ".git", "node_modules", "tests", "static", "benchmarks", "*_cache", "__pycache__")


def catalogue(language):
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """All that is marked for translation now, collected from a copy of the code."""
    copy = tmp_path_factory.mktemp("sentences") / "house"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_OURS))
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "de", "--keep-pot", "--no-location", "--no-wrap"],
        cwd=copy, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return copy / "locale" / "django.pot"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_or_fuzzy(language, sentences):
    compared = subprocess.run(["msgcmp", catalogue(language), sentences], capture_output=True, text=True, check=False)
    assert compared.returncode == 0, f"run bin/messages and translate what is empty:\n{compared.stderr}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written_and_keeps_the_placeholders(language, tmp_path):
    compiled = tmp_path / "django.mo"
    checked = subprocess.run(
        ["msgfmt", "--check-format", "-o", compiled, catalogue(language)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert compiled.read_bytes() == catalogue(language).with_suffix(".mo").read_bytes(), "run bin/messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_of_sentences_that_are_gone(language):
    assert "#~" not in catalogue(language).read_text()


def test_german_is_written_as_in_switzerland():
    assert "ß" not in catalogue("de").read_text()
