"""Every sentence in de, fr and it: none missing, none fuzzy, compiled as it stands."""

import ast
import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils.translation import trans_real

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["de", "fr", "it"]
RECIPIENTS = (
    ROOT / "templates" / "public"
)  # the pages for whoever asks for a laptop: sentences and languages of their own
OF_RECIPIENTS = [*LANGUAGES, "uk", "ar"]
NOT_OURS = (".venv", ".data", ".git", "node_modules", "tests", "static", "benchmarks", "*_cache", "__pycache__")
BORROWED = Path("borrowed")  # what Django and allauth say, in our words; English, too
# Said by what we don't use of Django, allauth and the REST framework, or to programs only.
NOT_MET = re.compile(
    r"third-party|%\((provider|client_name|phone)|your %s account|existing accounts|(Your|different) phone|Phone|Device"
    r"|^View your|Referer|CSRF|same-origin|DEBUG=True|\{(?!example)|integer|float|block size|Belarusian"
    r"|^Date(time value)? out of range|permission to perform|IPv4"
)
FAMILIAR = {
    "de": r"\b(du|dein\w*|dir|dich|euch|euer\w*)\b|ß",
    "fr": r"\b(tu|ton|tes|toi|courriel)\b",
    "it": r"\b(tu|tuo|tua|tuoi|tue|ti|te|puoi|devi|hai|stai|sei sicur\w|sei già|inserisci\w*|assicurati|riprova"
    r"|riceverai|scegli|seleziona|digita|correggi|contattaci|clicca|segui|abbi|usa|conferma il tuo)\b",
}


def catalogue(language, folder="", root=ROOT):
    return root / "locale" / folder / language / "LC_MESSAGES" / "django.po"


COLLECT = [sys.executable, "-m", "django", "makemessages", "-l", "de", "--keep-pot", "--no-location", "--no-wrap"]


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """All that is marked for translation now, collected from a copy of the code."""
    copy = tmp_path_factory.mktemp("sentences") / "house"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_OURS))
    subprocess.run(
        [*COLLECT, "--ignore", "templates/public"],
        cwd=copy,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    return copy / "locale" / "django.pot"


@pytest.fixture(scope="module")
def sentences_to_recipients(tmp_path_factory):
    """The same of the pages for whoever asks for a laptop."""
    copy = tmp_path_factory.mktemp("sentences") / "public"
    shutil.copytree(RECIPIENTS, copy)
    subprocess.run(COLLECT, cwd=copy, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return copy / "locale" / "django.pot"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_or_fuzzy(language, sentences):
    compared = subprocess.run(["msgcmp", catalogue(language), sentences], capture_output=True, text=True, check=False)
    assert compared.returncode == 0, f"run bin/messages and translate what is empty:\n{compared.stderr}"


def test_no_sentence_hides_from_the_collection():
    """xgettext doesn't look into f-strings, so what is marked there would stay English for ever."""
    known = {key if isinstance(key, str) else key[0] for key in _compiled("de")}
    hidden = {
        f"{path.relative_to(ROOT)}: {call.args[0].value}"
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in NOT_OURS
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "gettext", "ngettext")
        if call.args[0].value not in known
    }
    assert hidden == set()


def _compiled(language):
    with catalogue(language).with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


@pytest.mark.parametrize("language", OF_RECIPIENTS)
def test_no_sentence_to_recipients_is_missing_or_fuzzy(language, sentences_to_recipients):
    written = catalogue(language, root=RECIPIENTS)
    compared = subprocess.run(["msgcmp", written, sentences_to_recipients], capture_output=True, text=True, check=False)
    assert compared.returncode == 0, f"run bin/messages and translate what is empty:\n{compared.stderr}"
    assert "#~" not in written.read_text()


@pytest.mark.parametrize(
    "written",
    [
        *map(catalogue, LANGUAGES),
        *(catalogue(each, BORROWED) for each in (*LANGUAGES, "en")),
        *(catalogue(each, root=RECIPIENTS) for each in OF_RECIPIENTS),
    ],
    ids=str,
)
def test_what_is_compiled_is_what_is_written_and_keeps_the_placeholders(written, tmp_path):
    compiled = tmp_path / "django.mo"
    checked = subprocess.run(
        ["msgfmt", "--check-format", "-o", compiled, written], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert compiled.read_bytes() == written.with_suffix(".mo").read_bytes(), "run bin/messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_of_sentences_that_are_gone(language):
    assert "#~" not in catalogue(language).read_text()


def test_german_is_written_as_in_switzerland():
    assert "ß" not in catalogue("de").read_text() + catalogue("de", root=RECIPIENTS).read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_spoken_to_as_a_friend_whoever_wrote_the_sentence(language):
    said = trans_real.translation(language)
    wrong = {}
    for key in set(said._catalog.keys()):
        source, sentence = key if isinstance(key, str) else key[0], said._catalog[key]
        if isinstance(key, tuple):
            sentence = said.ngettext(key[0], "", 1) + said.ngettext(key[0], "", 7)
        if source and not NOT_MET.search(source) and re.search(FAMILIAR[language], sentence, re.IGNORECASE):
            wrong[source] = sentence
    assert wrong == {}, "say it in locale/borrowed/"


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Fehlt noch."), ("fr", "Il manque cette indication."), ("it", "Manca ancora."), ("en", "Still missing.")],
)
def test_what_a_form_misses_is_said_shortly(language, words):
    assert trans_real.translation(language).gettext("This field is required.") == words
