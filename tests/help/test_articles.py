"""The texts that come along: the same in four languages, and each link leads somewhere."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from config.management.commands.list_routes import routes
from help.catalogue import TEXTS, entries, read
from help.links import PAGES, leads_nowhere
from help.markdown import parts_of, targets_in
from help.models import QUESTIONS, Section
from tests.test_translations import FAMILIAR

ENTRIES = {entry.slug: entry for entry in entries()}
LANGUAGES = ["de", "fr", "it", "en"]
FILES = sorted(path.name for path in TEXTS.glob("*.md"))
# The name of each page that an article may link to. Some come with other parts of the site: what is there is looked at.
NAMES = {
    "join": "partners:join",
    "map": "map",
    "letter": "map_letter",
    "impact": "impact",
    "privacy": "privacy",
    "contact": "contact",
    "sign-in": "account_login",
    "help": "help:index",
}
SIGN_BEFORE_WHICH_FRENCH_LEAVES_ROOM = re.compile(
    r"(?<![\s\u202f\u00a0])[;!?»]|[^\u202f][;!?»]|[^\u202f\d]:(?=\s)|«(?!\u202f)"
)


def test_each_article_is_there_in_each_language_and_nothing_else():
    assert sorted(f"{slug}.{language}.md" for slug in ENTRIES for language in LANGUAGES) == FILES
    assert len(ENTRIES) == 19


def test_the_table_names_sections_and_articles_that_are_there():
    assert {entry.section for entry in ENTRIES.values()} == set(Section.values)
    for slug, entry in ENTRIES.items():
        assert entry.related, slug
        assert set(entry.related) <= set(ENTRIES) - {slug}, slug


@pytest.mark.parametrize("slug", ENTRIES)
def test_it_says_the_same_in_all_languages(slug):
    texts = ENTRIES[slug].texts
    shapes = {language: [bool(part.title) for part in parts_of(text.body)] for language, text in texts.items()}
    links = {language: Counter(targets_in(text.body)) for language, text in texts.items()}
    assert shapes == dict.fromkeys(texts, shapes["en"])
    assert links == dict.fromkeys(texts, links["en"])
    assert len(shapes["en"]) > 1


@pytest.mark.parametrize("name", FILES)
def test_it_fits_and_its_links_lead_somewhere(name):
    text = read(TEXTS / name)
    assert 0 < len(text.title) <= 100
    assert 0 < len(text.summary) <= 400
    assert "](" not in text.title + text.summary
    assert [target for target in targets_in(text.body) if leads_nowhere(target, ENTRIES)] == []
    assert "<" not in text.body


@pytest.mark.parametrize("name", FILES)
def test_it_is_written_as_the_pages_are(name):
    language, text = name.split(".")[1], (TEXTS / name).read_text()
    assert "ß" not in text
    if language != "en":
        assert re.search(FAMILIAR[language], text, re.IGNORECASE) is None
    if language == "fr":
        assert SIGN_BEFORE_WHICH_FRENCH_LEAVES_ROOM.findall(re.sub(r"\]\([^)]*\)", "]", text)) == []


def test_pages_are_where_the_links_lead():
    there = {route.name for route in routes()}
    present = {page: name for page, name in NAMES.items() if name in there}
    assert set(NAMES) == set(PAGES)
    assert {"sign-in", "help"} <= set(present)
    assert {page: reverse(name) for page, name in present.items()} == {page: PAGES[page] for page in present}


def test_an_article_is_where_the_links_lead():
    assert reverse("help:article", args=["queue"]) == "/help/queue/"
    assert resolve("/help/queue/").view_name == "help:article"
    assert QUESTIONS in ENTRIES


def test_the_languages_are_those_of_the_site():
    assert [code for code, _name in settings.LANGUAGES] == LANGUAGES
