from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from records.refusals import Refused

from . import catalogue
from .catalogue import Entry, Text
from .models import Article, ArticleVersion


@transaction.atomic
def edit(article: Article, language: str, text: Text, *, began_from: int, by: User) -> ArticleVersion:
    """Save a text as a new version; `began_from` is the number of the one that its writer had before them.

    The same text again is none. Refused if somebody has saved another one meanwhile.
    """
    current = _lock_current(article, language)
    if current and current.text == text:
        return current
    if current and current.number != began_from:
        raise Refused(
            _("%(name)s has saved another text meanwhile. Yours is kept here: see what differs, then save again.")
            % {"name": current.by or "Weitergabe"}
        )
    return _add(article, language, text, current, by=by)


@transaction.atomic
def restore(version: ArticleVersion, *, by: User) -> ArticleVersion:
    """Save an earlier text as a new version."""
    current = _lock_current(version.article, version.language)
    if current and current.text == version.text:
        return current
    return _add(version.article, version.language, version.text, current, by=by)


def _lock_current(article: Article, language: str) -> ArticleVersion | None:
    """What is read now; whoever else saves a text of this article waits."""
    Article.objects.select_for_update().get(pk=article.pk)
    return ArticleVersion.objects.current(language).filter(article=article).first()


def _add(
    article: Article, language: str, text: Text, current: ArticleVersion | None, *, by: User | None
) -> ArticleVersion:
    number = 1
    if current:
        number = current.number + 1
        ArticleVersion.objects.filter(pk=current.pk).update(is_current=False)
    return ArticleVersion.objects.create(article=article, language=language, number=number, by=by, **text._asdict())


@transaction.atomic
def load_articles() -> int:
    """Write the articles that came along and are not there yet; how many texts were written.

    A text that came along before and reads otherwise now gets a new version, unless somebody has changed it here.
    """
    entries = list(catalogue.entries())
    articles = _load_places(entries)
    there = ArticleVersion.objects.filter(is_current=True).defer("words")
    current = {(version.article_id, version.language): version for version in there}
    changed, written = [], []
    for entry in entries:
        article = articles[entry.slug]
        for language, text in entry.texts.items():
            before = current.get((article.pk, language))
            if before and (before.by_id or before.text == text):
                continue
            if before:
                changed.append(before.pk)
            number = before.number + 1 if before else 1
            written.append(ArticleVersion(article=article, language=language, number=number, **text._asdict()))
    if changed:
        ArticleVersion.objects.filter(pk__in=changed).update(is_current=False)
    ArticleVersion.objects.bulk_create(written)
    return len(written)


def _load_places(entries: list[Entry]) -> dict[str, Article]:
    """The articles by their slugs, each where the table has it now; none is written that is there as it should be."""
    wanted = [
        Article(slug=each.slug, section=each.section, position=each.position, related=each.related) for each in entries
    ]
    there = {(row.slug, row.section, row.position, *row.related) for row in Article.objects.all()}
    Article.objects.bulk_create(
        [row for row in wanted if (row.slug, row.section, row.position, *row.related) not in there],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["section", "position", "related"],
    )
    return {article.slug: article for article in Article.objects.select_for_update().order_by("pk")}
