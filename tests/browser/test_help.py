"""The help centre in a real browser: read, looked for, answered, and mended by who reads the answers."""

import pytest
from playwright.sync_api import expect

from help import actions
from help.models import ArticleVersion, Feedback

from .checks import check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"de": "Garantie", "fr": "garantie"}


@pytest.mark.parametrize("language", ["de", "fr"])
def test_from_a_search_to_a_better_article(language, visit, known_passwords):
    actions.load_articles()
    reader = visit(language)
    search_and_read(reader, language)
    say_what_is_missing(reader, language)
    mend_the_article(visit(language), language)
    reader.goto("/help/warranty/")
    expect(reader.locator("h1")).to_have_text("Neu · Nouveau")


def search_and_read(page, language):
    page.goto("/help/")
    check_page(page, f"{language}-help")
    page.fill("[name=q]", WORDS[language])
    page.press("[name=q]", "Enter")
    page.wait_for_url("**/help/?q=*")
    check_page(page, f"{language}-help-search")
    page.click("main li a >> nth=0")
    page.wait_for_url("**/help/warranty/")
    check_page(page, f"{language}-help-article")
    page.goto("/help/questions/")
    page.click("summary >> nth=2")
    check_page(page, f"{language}-help-questions")
    page.goto("/help/?q=xyzzy")
    check_page(page, f"{language}-help-none")
    page.goto("/help/nothing/")
    check_page(page, f"{language}-help-missing")


def say_what_is_missing(page, language):
    """With the page's script in place, a moment after it was shown."""
    page.goto("/help/warranty/")
    page.wait_for_timeout(2500)
    page.click("[name=helpful][value=no]")
    page.fill("[name=comment]", "Gilt sie auch für den Akku?")
    check_page(page, f"{language}-help-comment")
    page.wait_for_timeout(2500)
    page.click("#helpful .btn-primary")
    expect(page.locator("#helpful [role=status]")).to_be_visible()
    check_page(page, f"{language}-help-thanks")
    assert page.url.endswith("/help/warranty/")
    given = Feedback.objects.get()
    assert (given.language, given.is_helpful, given.comment) == (language, False, "Gilt sie auch für den Akku?")


def mend_the_article(page, language):
    """The admin reads it, writes with a preview beside, is overtaken, saves all the same and ticks it off."""
    user, secret = make_person("admin", language, "admin")
    sign_in(page, user, secret)
    page.wait_for_url("**/home/")
    page.goto("/help/feedback/")
    check_page(page, f"{language}-help-feedback")
    page.click("main .wg-talk a.btn")
    page.fill("[name=body]", "## Akku\n\nJa: [Fragen](article:questions), *auch*.")
    expect(page.locator("#preview em")).to_have_text("auch")
    check_page(page, f"{language}-help-edit")

    current = ArticleVersion.objects.current(language).get(article__slug="warranty")
    actions.edit(current.article, language, current.text._replace(title="Anders"), began_from=1, by=user)
    page.fill("[name=title]", "Neu · Nouveau")
    page.click("main form .btn-primary")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[name=title]")).to_have_value("Neu · Nouveau")
    check_page(page, f"{language}-help-overtaken")
    page.click("main form .btn-primary")
    expect(page.locator("main [role=status]")).to_be_visible()
    page.goto(f"/help/warranty/history/?language={language}")
    check_page(page, f"{language}-help-history")
    page.goto("/help/feedback/")
    page.click("main .wg-talk form button")
    page.goto("/help/feedback/?view=done")
    check_page(page, f"{language}-help-feedback-done")
