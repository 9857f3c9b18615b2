import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from help.models import ArticleVersion, Section

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("articles")]


def page(client, path, language="en"):
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer


def statements(client, path):
    with CaptureQueriesContext(connection) as captured:
        page(client, path)
    return len(captured)


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_first_page_lists_every_article_once_by_section(client, language):
    sections = page(client, "/help/", language).context["sections"]
    assert [title for title, _versions in sections] == [section.label for section in Section]
    slugs = [version.article.slug for _title, versions in sections for version in versions]
    assert len(slugs) == len(set(slugs)) == 19
    assert slugs[0] == "questions"
    assert {version.language for _title, versions in sections for version in versions} == {language}


@pytest.mark.parametrize(("path", "most"), [("/help/", 1), ("/help/?q=laptop", 1), ("/help/queue/", 2)])
def test_a_page_asks_little_and_one_more_of_who_is_signed_in(client, path, most, social_worker):
    page(client, "/help/")  # what visitors are told is asked for once a minute, and kept
    assert statements(client, path) == most
    client.force_login(social_worker)
    assert statements(client, path) == most + 1


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_an_article_is_read_in_the_readers_language(client, current, language):
    version = current("warranty", language)
    text = page(client, "/help/warranty/", language).content.decode()
    assert f'<html lang="{language}"' in text
    assert f"<h1>{version.title}</h1>" in text
    assert text.count('<h2 id="') == len(re.findall("^## ", version.body, re.MULTILINE)) + 2  # contents and related


def test_its_contents_lead_to_its_headings(client):
    text = page(client, "/help/delivery/").content.decode()
    links = set(re.findall(r'href="#([^"]+)"', text)) - {"main"}
    assert links == set(re.findall(r'<h2 id="([^"]+)"', text)) - {"contents", "related"}


def test_it_names_what_else_to_read_in_the_tables_order(client):
    related = page(client, "/help/delivery/").context["related"]
    assert [version.article.slug for version in related] == ["first-steps", "warranty", "queue"]


def test_questions_fold(client, current):
    text = page(client, "/help/questions/").content.decode()
    count = current("questions").body.count("## ")
    assert text.count('<details class="wg-faq">') == count
    assert text.count("<summary>") == count + 1  # the short menu
    assert "<script" not in text.partition("<main")[2]


@pytest.mark.parametrize("path", ["/help/nothing/", "/help/nothing/rate/", "/help/queue/comment/x/"])
def test_what_is_not_there_is_said_so_and_leads_to_the_help(client, path):
    answer = client.post(path) if path.endswith("/rate/") else client.get(path)
    assert answer.status_code == 404
    assert 'href="/help/"' in answer.content.decode().partition("<main")[2]


def test_every_page_leads_there_from_its_menu_or_foot(client, admin):
    assert 'href="/help/"' in client.get("/accounts/login/").content.decode().partition("<footer")[2]
    top = page(client, "/help/queue/").content.decode().partition("<main")[0]
    assert top.count('<a href="/help/" aria-current="page">Help</a>') == 2


def test_only_an_admin_is_offered_the_editor(client, admin, social_worker):
    link = 'href="/help/queue/edit/"'
    assert link not in page(client, "/help/queue/").content.decode()
    client.force_login(social_worker)
    assert link not in page(client, "/help/queue/").content.decode()
    client.force_login(admin)
    assert link in page(client, "/help/queue/").content.decode()


class TestPacked:
    def sent(self, client, path):
        return client.get(path, headers={"accept-encoding": "gzip"}).headers.get("Content-Encoding")

    def test_what_is_the_same_for_everybody_goes_out_packed(self, client):
        assert [self.sent(client, path) for path in ("/help/", "/help/queue/")] == ["gzip", "gzip"]

    def test_what_repeats_words_of_the_address_does_not(self, client):
        assert [self.sent(client, path) for path in ("/help/?q=laptop", "/help/queue/?thanks=")] == [None, None]

    def test_nor_does_what_names_somebody(self, client, social_worker):
        client.force_login(social_worker)
        assert self.sent(client, "/help/queue/") is None


def test_what_was_replaced_is_not_read_to_show_what_is_current(client, queue):
    ArticleVersion.objects.bulk_create(
        ArticleVersion(article=queue, language="en", number=number, title="t", summary="s", body="b", is_current=False)
        for number in range(2, 40)
    )
    assert page(client, "/help/queue/").context["version"].number == 1
    assert len([1 for _title, versions in page(client, "/help/").context["sections"] for _row in versions]) == 19
