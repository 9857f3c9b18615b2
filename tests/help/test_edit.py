import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from help import actions
from help.catalogue import Text
from help.models import ArticleVersion

pytestmark = pytest.mark.django_db
EDIT = "/help/queue/edit/?language=de"


def typed(version, **changes):
    return {
        "title": version.title,
        "summary": version.summary,
        "body": version.body,
        "began_from": version.number,
    } | changes


def numbers(language="de"):
    rows = ArticleVersion.objects.filter(article__slug="queue", language=language).order_by("number")
    return list(rows.values_list("number", "by__email", "is_current"))


def test_saving_adds_a_version_that_everybody_reads(editor, current, admin, client):
    answer = editor.post(EDIT, typed(current("queue", "de"), title="In der Schlange"))
    assert (answer.status_code, answer.url) == (302, EDIT)
    assert numbers() == [(1, None, False), (2, "admin@example.org", True)]
    assert numbers("fr") == [(1, None, True)]
    editor.logout()
    page = editor.get("/help/queue/", headers={"accept-language": "de"}).content.decode()
    assert "<h1>In der Schlange</h1>" in page


def test_the_page_shows_the_text_of_the_language_that_is_asked_for(editor, current):
    page = editor.get("/help/queue/edit/?language=fr").content.decode()
    assert current("queue", "fr").title in page.replace("&#x27;", "'")
    assert editor.get("/help/queue/edit/").context["language"] == "en"
    assert editor.get("/help/queue/edit/?language=xx").context["language"] == "en"


def test_saving_the_same_again_is_no_version(editor, current):
    version = current("queue", "de")
    editor.post(EDIT, typed(version, body=version.body.replace("\n", "\r\n") + "\r\n\r\n"))
    assert numbers() == [(1, None, True)]
    for _time in range(2):
        editor.post(EDIT, typed(version, title="Neu"))
    assert numbers() == [(1, None, False), (2, "admin@example.org", True)]


class TestOvertaken:
    @pytest.fixture
    def overtaken(self, editor, current, queue, make_user):
        """What somebody reads who began from the first version when another admin has saved a second one."""
        first = current("queue", "de")
        other = make_user("zoe@example.org", "admin", name="Zoë Meier")
        actions.edit(queue, "de", Text("Ihr Titel", first.summary, first.body), began_from=1, by=other)
        self.mine = typed(first, title="Mein Titel", body=first.body + "\n\nMein Satz.")
        return editor.post(EDIT, self.mine)

    def test_nothing_is_saved_and_it_is_said_whose_text_came_first(self, overtaken):
        assert numbers() == [(1, None, False), (2, "zoe@example.org", True)]
        page = overtaken.content.decode()
        assert "Zoë Meier has saved another text meanwhile." in page
        assert 'role="alert"' in page

    def test_nothing_that_was_typed_is_lost(self, overtaken):
        page = overtaken.content.decode()
        assert 'value="Mein Titel"' in page
        assert "Mein Satz.</textarea>" in page

    def test_what_differs_is_shown(self, overtaken):
        page = overtaken.content.decode()
        assert re.search(r"<del><span[^>]*>removed: </span>Ihr</del>", page)
        assert re.search(r"<ins><span[^>]*>added: </span>Mein</ins>", page)

    def test_saving_again_is_meant(self, overtaken, editor, current):
        assert 'name="began_from" value="2"' in overtaken.content.decode()
        assert editor.post(EDIT, self.mine | {"began_from": 2}).status_code == 302
        assert current("queue", "de").title == "Mein Titel"
        assert len(numbers()) == 3


class TestPreview:
    def test_without_a_script_the_page_comes_again_and_saves_nothing(self, editor, current):
        sent = typed(current("queue", "de"), body="## Neu\n\n<b>x</b> [y](page:contact)", preview="1")
        page = editor.post(EDIT, sent).content.decode()
        assert '<h2 id="neu">Neu</h2>' in page
        assert '<p>&lt;b&gt;x&lt;/b&gt; <a href="/contact/">y</a></p>' in page
        assert "[y](page:contact)</textarea>" in page
        assert numbers() == [(1, None, True)]

    def test_with_one_it_is_a_fragment_that_asks_nothing_of_the_articles(self, editor):
        with CaptureQueriesContext(connection) as captured:
            page = editor.post(EDIT, {"body": "*x*", "preview": "1"}, headers={"HX-Request": "true"})
        assert page.content.decode().count("<em>x</em>") == 1
        assert b"<html" not in page.content
        assert not [query for query in captured.captured_queries if "help_" in query["sql"]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "[x](article:nowhere)"}, "The link to “article:nowhere” leads nowhere."),
        ({"body": "[x](page:nowhere)"}, "The link to “page:nowhere” leads nowhere."),
        ({"body": "[x](http://plain.example)"}, "The link to “http://plain.example” leads nowhere."),
        ({"title": ""}, "Still missing."),
        ({"title": "x" * 101}, "101"),
        ({"body": " "}, "Still missing."),
        ({"began_from": "x"}, "Enter a whole number."),
    ],
)
def test_what_can_t_be_saved_is_said_and_stays_typed(editor, current, changes, sentence):
    answer = editor.post(EDIT, typed(current("queue", "de"), summary="Meine Sätze", **changes))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert "Meine Sätze" in answer.content.decode()
    assert numbers() == [(1, None, True)]


def test_a_link_to_itself_is_fine(editor, current):
    answer = editor.post(EDIT, typed(current("queue", "de"), body="[x](article:queue) [y](https://example.org/)"))
    assert answer.status_code == 302


class TestHistory:
    @pytest.fixture
    def edited(self, queue, admin, current):
        first = current("queue", "de")
        for number, title in ((1, "Zweiter"), (2, "Dritter")):
            actions.edit(queue, "de", Text(title, first.summary, first.body), began_from=number, by=admin)
        return first

    def test_it_lists_who_and_when_and_what_a_version_changed(self, editor, edited):
        page = editor.get("/help/queue/history/?language=de")
        assert [(version.number, str(version.by)) for version in page.context["versions"]] == [
            (3, "Admin"),
            (2, "Admin"),
            (1, "None"),
        ]
        text = page.content.decode()
        assert "Zweiter</del>" in text
        assert "Dritter</ins>" in text
        assert "Restore this text" not in text

    def test_an_earlier_one_is_shown_and_comes_back_as_a_new_one(self, editor, edited, current):
        page = editor.get("/help/queue/history/?language=de&version=1").content.decode()
        assert "The text as it was first saved." in page
        answer = editor.post("/help/queue/restore/?language=de", {"version": "1"})
        assert answer.url == "/help/queue/history/?language=de"
        now = current("queue", "de")
        assert (now.number, now.text, str(now.by)) == (4, edited.text, "Admin")
        editor.post("/help/queue/restore/?language=de", {"version": "1"})
        assert current("queue", "de").number == 4

    @pytest.mark.parametrize("version", ["9", "", "x", "1e9"])
    def test_a_version_that_is_not_there_can_t_be_restored(self, editor, edited, version):
        assert editor.post("/help/queue/restore/?language=de", {"version": version}).status_code == 404

    def test_how_long_it_is_costs_no_more_statements(self, editor, edited):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                editor.get("/help/queue/history/?language=de")
            return len(captured)

        before = asked()
        editor.post("/help/queue/restore/?language=de", {"version": "1"})
        assert asked() == before == 3


@pytest.mark.parametrize(("path", "most"), [(EDIT, 4), ("/help/feedback/", 4)])
def test_the_editors_pages_ask_little(editor, queue, path, most):
    with CaptureQueriesContext(connection) as captured:
        assert editor.get(path).status_code == 200
    assert len(captured) == most


def test_a_second_at_the_same_moment_waits_for_the_first(queue, admin):
    with CaptureQueriesContext(connection) as captured:
        actions.edit(queue, "de", Text("t", "s", "b"), began_from=1, by=admin)
    assert "FOR UPDATE" in captured.captured_queries[1]["sql"]
