from functools import wraps
from itertools import groupby

from allauth.core import ratelimit
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from help.forms import ByAPersonForm, CommentForm, RateForm, SearchForm
from help.markdown import parts_of
from help.models import QUESTIONS, Article, ArticleVersion, Feedback, Section
from people.access import public

SALT = "help.comment"
TIME_TO_COMMENT = 3600  # seconds


def compressed(view):
    """Send a page packed to whoever isn't signed in and has asked for nothing of their own.

    What is packed tells by its length what is in it, where a stranger may add words to it. Here there is nothing to
    tell: the page is the same for everybody, but for the token of its forms, which Django writes otherwise each time.
    """
    packed = gzip_page(view)

    @wraps(view)
    def choose(request, *args, **kwargs):
        is_same_for_all = request.method == "GET" and not request.GET and not request.user.is_authenticated
        return (packed if is_same_for_all else view)(request, *args, **kwargs)

    return choose


@public
@compressed
def index(request):
    """The articles by section; with `q`, those that are found."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"form": form, "words": words}
    if words:
        found = ArticleVersion.objects.found_by(get_language(), words).defer("body", "words")
        return render(request, "help/index.html", context | {"found": list(found)})
    versions = ArticleVersion.objects.current(get_language()).defer("body", "words")
    return render(request, "help/index.html", context | {"sections": _by_section(versions)})


def _by_section(versions):
    """Each section's title with its articles, in the order of the sections."""
    order = list(Section)
    rows = sorted(versions, key=lambda version: order.index(version.article.section))
    return [(Section(name).label, list(group)) for name, group in groupby(rows, lambda row: row.article.section)]


@public
@compressed
def article(request, slug):
    """One article, what else to read, and whether it helped."""
    version = _current(slug)
    related = version.article.related
    others = ArticleVersion.objects.current(version.language).filter(article__slug__in=related).only("title", "article")
    context = {
        "version": version,
        "parts": parts_of(version.body),
        "folds": slug == QUESTIONS,
        "related": sorted(others, key=lambda other: related.index(other.article.slug)),
        "state": "thanks" if "thanks" in request.GET else "ask",
        "stamp": ByAPersonForm.stamp(),
        "may_edit": request.user.is_authenticated and request.user.has_role("admin"),
    }
    return render(request, "help/article.html", context)


def _current(slug):
    """What is read today in the reader's language."""
    return get_object_or_404(ArticleVersion.objects.current(get_language()), article__slug=slug)


@require_POST
@public
def rate(request, slug):
    """Count a yes or a no, then ask what one would like to say about it."""
    found = get_object_or_404(Article, slug=slug)
    if too_often := ratelimit.consume_or_429(request, action="help_feedback"):
        return too_often
    form = RateForm(request.POST)
    if not form.is_valid() or not form.is_by_a_person():  # it reads the same as if it had been counted
        return _thanks(request, found)
    is_helpful = form.cleaned_data["helpful"] == "yes"
    given = Feedback.objects.create(article=found, language=get_language(), is_helpful=is_helpful)
    token = signing.dumps(given.pk, salt=SALT)
    if request.htmx:
        return render(request, "help/_feedback.html", _asked(given, token, CommentForm(is_helpful=is_helpful)))
    return redirect("help:comment", slug, token)


@public
def comment(request, slug, token):
    """What one would like to say beside yes or no: once, and within an hour."""
    given = _given(slug, token)
    form = CommentForm(request.POST or None, is_helpful=given.is_helpful)
    if request.method == "POST":
        if too_often := ratelimit.consume_or_429(request, action="help_feedback"):
            return too_often
        if form.is_valid():
            if form.is_by_a_person():
                Feedback.objects.filter(pk=given.pk, comment="").update(comment=form.cleaned_data["comment"])
            return _thanks(request, given.article)
    context = _asked(given, token, form)
    return render(request, "help/_feedback.html" if request.htmx else "help/comment.html", context)


def _given(slug, token):
    """The answer that a token was made for, as long as it is open."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=TIME_TO_COMMENT)
    except signing.BadSignature as error:
        raise Http404 from error
    return get_object_or_404(Feedback.objects.select_related("article"), pk=pk, article__slug=slug)


def _asked(given, token, form):
    return {"state": "comment", "article": given.article, "token": token, "form": form, "stamp": ByAPersonForm.stamp()}


def _thanks(request, found):
    if request.htmx:
        return render(request, "help/_feedback.html", {"state": "thanks"})
    return redirect(f"{found.get_absolute_url()}?thanks=#helpful")
