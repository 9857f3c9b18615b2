import pytest
from django.test import Client

from help import actions
from help.models import Article, ArticleVersion
from records import clock

NEEDED = 5  # seconds that somebody takes to read


@pytest.fixture
def articles(db):
    """What comes along, as `prepare` writes it."""
    actions.load_articles()


@pytest.fixture
def current(articles):
    """`current("queue", "de")`: what is read now."""

    def current(slug, language="en"):
        return ArticleVersion.objects.current(language).get(article__slug=slug)

    return current


@pytest.fixture
def queue(articles):
    return Article.objects.get(slug="queue")


@pytest.fixture
def editor(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def reader(articles):
    """A visitor's browser; `reader.send(path, …)` presses a button some seconds after the page was shown."""

    class Reader(Client):
        def send(self, path, page="/help/queue/", after=NEEDED, **data):
            stamp = self.get(page).context["stamp"]
            moment = clock.now()
            with clock.set_to(moment + clock_delta(after)):
                return self.post(path, {"shown": stamp, "website": ""} | data)

    return Reader()


def clock_delta(seconds):
    from datetime import timedelta

    return timedelta(seconds=seconds)
