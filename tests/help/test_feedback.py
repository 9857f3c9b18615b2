"""Whether an article helped: counted once, by people, with nothing kept of who they are."""

import pytest
from django.core import signing
from django.db import IntegrityError, transaction

from help.models import Feedback
from people.models import Session
from records import clock

from .conftest import clock_delta

pytestmark = pytest.mark.django_db
RATE = "/help/queue/rate/"


def kept():
    return list(Feedback.objects.values_list("article__slug", "language", "is_helpful", "comment"))


@pytest.mark.parametrize(("pressed", "helpful"), [("yes", True), ("no", False)])
def test_a_yes_or_a_no_is_counted_then_words_are_asked_for(reader, pressed, helpful):
    answer = reader.send(RATE, helpful=pressed)
    assert answer.status_code == 302
    assert kept() == [("queue", "en", helpful, "")]
    page = reader.get(answer.url)
    assert ("What helped you?" in page.content.decode()) is helpful
    assert ("What did you miss?" in page.content.decode()) is not helpful


def test_words_are_kept_once_in_the_language_they_were_asked_in(reader):
    reader.cookies["django_language"] = "de"
    address = reader.send(RATE, helpful="no").url
    answer = reader.send(address, page=address, comment="Wo sehe ich das Datum?")
    assert answer.url == "/help/queue/?thanks=#helpful"
    assert kept() == [("queue", "de", False, "Wo sehe ich das Datum?")]
    reader.send(address, page=address, comment="Etwas anderes")
    assert kept() == [("queue", "de", False, "Wo sehe ich das Datum?")]
    assert "Danke." in reader.get("/help/queue/?thanks=").content.decode()


def test_nothing_is_kept_of_who_it_was(reader):
    reader.send(RATE, helpful="yes")
    assert {field.name for field in Feedback._meta.get_fields()} == {
        *("id", "article", "language", "is_helpful", "comment", "at", "done_at", "done_by")
    }
    assert set(reader.cookies) <= {"csrftoken"}
    assert not Session.objects.exists()


def test_with_a_script_it_is_done_in_place(reader):
    stamp = reader.get("/help/queue/").context["stamp"]
    with clock.set_to(clock.now() + clock_delta(5)):
        answer = reader.post(RATE, {"shown": stamp, "helpful": "no"}, headers={"HX-Request": "true"})
        page = answer.content.decode()
        address = page.partition('action="')[2].partition('"')[0]
        assert "<html" not in page
        assert "What did you miss?" in page
        form = {"shown": answer.context["stamp"], "comment": "The date"}
        with clock.set_to(clock.now() + clock_delta(5)):
            answer = reader.post(address, form, headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div class="wg-note" data-tone="done" role="status">')
    assert kept() == [("queue", "en", False, "The date")]


@pytest.mark.parametrize(
    "sent",
    [
        {"website": "https://spam.example"},
        {"after": 1},
        {"shown": ""},
        {"shown": signing.dumps(0, salt="another")},
        {"helpful": "maybe"},
    ],
)
def test_a_program_reads_the_same_and_nothing_is_counted(reader, sent):
    answer = reader.send(RATE, **{"helpful": "yes"} | sent)
    assert (answer.status_code, answer.url) == (302, "/help/queue/?thanks=#helpful")
    assert kept() == []


def test_a_programs_words_are_dropped(reader):
    address = reader.send(RATE, helpful="yes").url
    assert reader.send(address, page=address, comment="x", website="y").url == "/help/queue/?thanks=#helpful"
    assert kept() == [("queue", "en", True, "")]


def test_too_long_is_said_and_what_was_typed_stays(reader):
    address = reader.send(RATE, helpful="yes").url
    answer = reader.send(address, page=address, comment="é" * 1001)
    assert answer.status_code == 200
    assert "é" * 1001 in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert kept() == [("queue", "en", True, "")]


def test_an_hour_later_it_is_too_late(reader, settings, monkeypatch):
    address = reader.send(RATE, helpful="yes").url
    monkeypatch.setattr("help.views.reading.TIME_TO_COMMENT", -1)
    assert reader.get(address).status_code == 404


def test_the_words_of_one_article_are_not_said_of_another(reader):
    address = reader.send(RATE, helpful="yes").url
    assert reader.get(address.replace("queue", "costs")).status_code == 404


def test_one_place_says_so_a_few_times_a_minute(reader):
    answers = [reader.send(RATE, helpful="yes").status_code for _time in range(11)]
    assert answers == [302] * 10 + [429]
    assert Feedback.objects.count() == 10


@pytest.mark.django_db
def test_the_database_keeps_no_more_than_a_thousand_signs(queue):
    with pytest.raises(Exception, match="value too long"), transaction.atomic():
        Feedback.objects.create(article=queue, language="de", is_helpful=True, comment="x" * 1001)
    with pytest.raises(IntegrityError, match="feedback_language_is_known"), transaction.atomic():
        Feedback.objects.create(article=queue, language="xx", is_helpful=True)


class TestTickingOff:
    @pytest.fixture
    def given(self, queue):
        Feedback.objects.create(article=queue, language="de", is_helpful=True)
        return Feedback.objects.create(article=queue, language="de", is_helpful=False, comment="Wo ist <b>?")

    def test_a_comment_waits_at_home_and_on_its_page_until_it_is_ticked_off(self, editor, given, admin):
        todos = {todo.url: todo.count for todo in editor.get("/home/").context["todos"]}
        assert todos["/help/feedback/"] == 1
        assert "Wo ist &lt;b&gt;?" in editor.get("/help/feedback/").content.decode()
        editor.post(f"/help/feedback/{given.pk}/tick-off/")
        given.refresh_from_db()
        assert given.done_by == admin
        assert "/help/feedback/" not in {todo.url for todo in editor.get("/home/").context["todos"]}
        assert "Wo ist" not in editor.get("/help/feedback/").content.decode()
        assert "Wo ist" in editor.get("/help/feedback/?view=done").content.decode()

    def test_twice_is_as_once(self, editor, given, make_user):
        other = make_user("other@example.org", "admin")
        given.tick_off(by=other)
        editor.post(f"/help/feedback/{given.pk}/tick-off/")
        given.refresh_from_db()
        assert given.done_by == other

    def test_a_yes_without_words_is_nothing_to_tick_off(self, editor, given):
        silent = Feedback.objects.exclude(pk=given.pk).get()
        assert editor.post(f"/help/feedback/{silent.pk}/tick-off/").status_code == 404

    def test_only_an_admin_is_told(self, client, given, make_user):
        client.force_login(make_user("t@example.org", "treasurer"))
        assert "/help/feedback/" not in {todo.url for todo in client.get("/home/").context["todos"]}

    def test_it_says_how_many_an_article_helped_of_late(self, editor, given, queue):
        Feedback.objects.create(article=queue, language="fr", is_helpful=True, at="2020-01-01T08:00Z")
        page = editor.get("/help/feedback/")
        counts = {version.article.slug: row for version, row in page.context["rows"]}
        assert (counts["queue"]["helpful"], counts["queue"]["all"], counts["costs"]) == (1, 2, None)
        assert "1 of 2" in page.content.decode()
