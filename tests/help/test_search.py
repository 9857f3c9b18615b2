import pytest

from help.models import FOUND, ArticleVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("articles")]


def found(words, language="de"):
    return [version.article.slug for version in ArticleVersion.objects.found_by(language, words)]


@pytest.mark.parametrize(
    ("language", "words", "first"),
    [
        ("de", "Garantie", "warranty"),
        ("de", "garanti", "warranty"),
        ("de", "GARANTIEN", "warranty"),
        ("de", "Datenschutz", "data-protection"),
        ("de", "Rechnungen", "invoices"),
        ("de", "Warteliste", "queue"),
        ("de", "Kosten", "costs"),
        ("fr", "coûts", "costs"),
        ("it", "costi", "costs"),
        ("en", "costs", "costs"),
        ("fr", "garantie", "warranty"),
        ("fr", "factures", "invoices"),
        ("fr", "bénévole", "volunteering"),
        ("fr", "benevoles", "volunteering"),
        ("it", "garanzia", "warranty"),
        ("it", "fatture", "invoices"),
        ("it", "volontariato", "volunteering"),
        ("en", "warranty", "warranty"),
        ("en", "invoice", "invoices"),
        ("en", "donate", "donating"),
    ],
)
def test_a_word_finds_the_article_about_it_first(language, words, first):
    assert found(words, language)[0] == first


@pytest.mark.parametrize(
    ("language", "written", "typed"),
    [
        ("de", "Geräte", "gerate"),
        ("de", "Löschung", "LOSCHUNG"),
        ("de", "Geräte", "Gerät"),
        ("de", "Rechnung", "rechn"),
        ("fr", "bénévoles", "Benevole"),
        ("fr", "écran", "ecran"),
        ("it", "attività", "ATTIVITA"),
    ],
)
def test_accents_capitals_endings_and_beginnings_make_no_difference(language, written, typed):
    assert found(written, language)
    assert set(found(written, language)) <= set(found(typed, language))


def test_an_article_with_all_words_goes_before_one_with_some(queue, admin):
    ArticleVersion.objects.filter(article=queue, language="en", is_current=True).update(is_current=False)
    body = "Kumquat, rambutan and warranty."
    ArticleVersion.objects.create(article=queue, language="en", number=2, title="t", summary="s", body=body)
    assert found("warranty", "en")[0] == "warranty"
    assert found("warranty kumquat", "en")[:2] == ["queue", "warranty"]


def test_a_question_is_answered_though_its_small_words_mean_nothing():
    assert "queue" in found("wie lange dauert es?")[:3]
    assert found("und oder die für") == []


def test_another_language_finds_nothing_of_this_one():
    assert found("Warteliste", "en") == []


def test_where_a_link_leads_is_no_word():
    assert found("article", "de") == []
    assert "](article:" in ArticleVersion.objects.current("de").get(article__slug="warranty").body


@pytest.mark.parametrize("words", ["'", "a' | 'b", "!&|():*<->", "''':*", "\\", "ŉ", "%s %(x)s", "🙂", "x" * 100])
def test_signs_that_mean_something_to_the_database_are_none(words, client):
    assert client.get("/help/", {"q": words}).status_code == 200


@pytest.mark.parametrize("words", ["\0", "x" * 5000, "\ud800".encode("utf-8", "surrogatepass")])
def test_what_is_no_search_is_answered(words, client):
    assert client.get("/help/", {"q": words}).status_code in (200, 400)


def test_nothing_found_says_what_to_do(client):
    page = client.get("/help/", {"q": "xyzzy <b>"}).content.decode()
    assert "No article fits “xyzzy &lt;b&gt;”" in page
    assert "Try another word, or a shorter one." in page
    assert page.partition("<main")[2].partition("<footer")[0].count('href="/help/"') == 1


def test_a_replaced_text_is_not_found(queue, admin, client):
    from help import actions
    from help.catalogue import Text

    actions.edit(queue, "en", Text("Kumquat", "s", "b"), began_from=1, by=admin)
    assert found("kumquat", "en") == ["queue"]
    actions.edit(queue, "en", Text("Rambutan", "s", "b"), began_from=2, by=admin)
    assert (found("kumquat", "en"), found("rambutan", "en")) == ([], ["queue"])


def test_a_search_shows_as_many_as_anybody_reads(client):
    assert len(found("laptop", "en")) <= FOUND
