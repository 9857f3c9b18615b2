"""What made-up readers said of the help centre's articles."""

from datetime import timedelta

from demo.calendar import Calendar
from help.models import Article, Feedback

COMMENTS = {  # article: language, helpful, words
    "queue": ("de", False, "Wo sehe ich, wann die nächste Versandrunde ist?"),
    "first-steps": ("fr", True, "Très clair. J’aurais aimé une image du clavier."),
}
ANSWERS = {"warranty": (6, 1), "queue": (9, 3), "first-steps": (4, 0), "questions": (11, 2)}  # article: helpful, not


def make_feedback(calendar: Calendar) -> None:
    """Write some answers of the last weeks, and two comments that nobody has read yet."""
    articles = {article.slug: article for article in Article.objects.all()}
    given = [
        Feedback(article=articles[slug], language="de", is_helpful=n < helpful, at=calendar.now - timedelta(days=n))
        for slug, (helpful, others) in ANSWERS.items()
        if slug in articles
        for n in range(helpful + others)
    ]
    given += [
        Feedback(article=articles[slug], language=language, is_helpful=is_helpful, comment=words, at=calendar.now)
        for slug, (language, is_helpful, words) in COMMENTS.items()
        if slug in articles
    ]
    Feedback.objects.bulk_create(given)
