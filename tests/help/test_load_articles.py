from io import StringIO

import pytest
from django.core.management import call_command

from help import actions, catalogue
from help.catalogue import Text
from help.models import Article, ArticleVersion

pytestmark = pytest.mark.django_db


def load():
    said = StringIO()
    call_command("load_articles", stdout=said)
    return said.getvalue()


def test_it_writes_every_text_and_a_second_time_none():
    assert load() == "76 texts written.\n"
    assert load() == "0 texts written.\n"
    assert (Article.objects.count(), ArticleVersion.objects.count()) == (19, 76)


@pytest.fixture
def comes_along(monkeypatch):
    """Have another text of an article come along, as with a later version of the system."""

    def comes_along(slug, language, text):
        there = list(catalogue.entries())
        for entry in there:
            if entry.slug == slug:
                entry.texts[language] = text
        monkeypatch.setattr(catalogue, "entries", lambda: there)

    return comes_along


NEWER = Text("Newer", "From us", "## A\n\nb")


def test_what_nobody_has_changed_is_renewed(current, comes_along):
    comes_along("queue", "en", NEWER)
    assert load() == "1 texts written.\n"
    assert (current("queue").number, current("queue").text, current("queue").by) == (2, NEWER, None)


def test_what_an_editor_has_changed_stays(current, queue, admin, comes_along):
    own = Text("Ours", "s", "b")
    actions.edit(queue, "en", own, began_from=1, by=admin)
    comes_along("queue", "en", NEWER)
    assert load() == "0 texts written.\n"
    assert current("queue").text == own


def test_what_is_missing_is_written(articles, comes_along):
    there = list(catalogue.entries())
    there[0] = there[0]._replace(position=99)
    assert Article.objects.get(slug=there[0].slug).position == 1
    comes_along("queue", "en", there[3].texts["en"])
    assert load() == "0 texts written.\n"
