from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from help import actions
from help.differences import difference
from help.forms import TEXT, ArticleForm
from help.links import PAGES
from help.markdown import render as parts_in
from help.models import LANGUAGES, Article, ArticleVersion, Feedback
from people.access import admin_required
from records import clock
from web.forms import attempt
from web.pagination import paginate, parse_key

LATELY = timedelta(days=90)
LISTED = 50  # versions in a history


@admin_required
def edit(request, slug):
    """An article's words in one language, with a preview. Who was overtaken sees what differs and may save again."""
    if request.method == "POST" and "preview" in request.POST and request.htmx:
        return render(request, "help/_preview.html", {"parts": parts_in(request.POST.get("body", ""))})
    article, language = get_object_or_404(Article, slug=slug), _language(request)
    current = _versions(article, language).filter(is_current=True).first()
    others = list(ArticleVersion.objects.current(get_language()).only("title", "article"))
    form = ArticleForm(
        request.POST or None,
        initial=current.text._asdict() if current else {},
        slugs={other.article.slug for other in others} | {slug},
    )
    is_preview = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not is_preview:
        number = form.cleaned_data["began_from"]
        action = partial(actions.edit, article, language, form.text, began_from=number, by=request.user)
        if attempt(form, action):
            messages.success(request, _("Saved. This is what everybody reads now."))
            return redirect(_with_language(article.get_absolute_url() + "edit/", language))
        current = _versions(article, language).filter(is_current=True).first()  # which has overtaken this one
    context = _about(article, language) | {
        "current": current,
        "began_from": current.number if current else 0,
        "form": form,
        "others": others,
        "pages": PAGES,
        "preview": parts_in(request.POST.get("body", "")) if is_preview else None,
        "differences": _overtaken(request.POST, current),
    }
    return render(request, "help/edit.html", context)


def _overtaken(typed, current):
    """What differs between what is read now and what was typed, for who began from an earlier text; else nothing."""
    if not typed or current is None or typed.get("began_from") == str(current.number):
        return None
    return difference(_whole(current.text), _whole(typed.get(name, "") for name in TEXT))


def _whole(text):
    return "\n\n".join(part.replace("\r\n", "\n") for part in text)


@admin_required
def history(request, slug):
    """Who saved which text and when; of one version, what it changed."""
    article, language = get_object_or_404(Article, slug=slug), _language(request)
    versions = list(_versions(article, language)[: LISTED + 1])
    wanted = parse_key(request.GET.get("version"))
    shown = next((version for version in versions if version.number == wanted), versions[0] if versions else None)
    before = next((version for version in versions if shown and version.number == shown.number - 1), None)
    context = _about(article, language) | {
        "versions": versions[:LISTED],
        "shown": shown,
        "differences": difference(_whole(before.text) if before else "", _whole(shown.text)) if shown else [],
        "is_first": before is None,
    }
    return render(request, "help/history.html", context)


@require_POST
@admin_required
def restore(request, slug):
    """Bring an earlier text back, as a new version."""
    found = _versions(get_object_or_404(Article, slug=slug), _language(request))
    version = get_object_or_404(found, number=parse_key(request.POST.get("version")))
    actions.restore(version, by=request.user)
    messages.success(request, _("Restored. This is what everybody reads now."))
    return redirect(_with_language(version.article.get_absolute_url() + "history/", version.language))


@admin_required
def feedback(request):
    """What readers wrote, and how the articles do; the admin's way into the help centre."""
    is_done = request.GET.get("view") == "done"
    comments = Feedback.objects.with_comment().filter(done_at__isnull=not is_done)
    page = paginate(comments.select_related("article", "done_by"), request.GET)
    versions = list(ArticleVersion.objects.current(get_language()).only("title", "article"))
    titles = {version.article_id: version.title for version in versions}
    for given in page.rows:
        given.title = titles.get(given.article_id, given.article)
    context = {
        "page": page,
        "is_done": is_done,
        "views": [
            {"label": _("To read"), "url": "?", "current": not is_done},
            {"label": _("Ticked off"), "url": "?view=done", "current": is_done},
        ],
        "rows": _rated(versions),
        "days": LATELY.days,
    }
    return render(request, "help/feedback.html", context)


def _rated(versions):
    """Each article with how many found it helpful of late, and how many said so or not."""
    late = Feedback.objects.filter(at__gte=clock.now() - LATELY).order_by().values("article")
    counts = late.annotate(all=Count("pk"), helpful=Count("pk", filter=Q(is_helpful=True)))
    by_article = {row["article"]: row for row in counts}
    return [(version, by_article.get(version.article_id)) for version in versions]


@require_POST
@admin_required
def tick_off(request, pk):
    get_object_or_404(Feedback.objects.with_comment(), pk=pk).tick_off(by=request.user)
    return redirect("help:feedback")


def _versions(article, language):
    rows = ArticleVersion.objects.filter(article=article, language=language).order_by("-number")
    return rows.select_related("article", "by").defer("words")


def _language(request):
    """Which language's text is meant: the query's, else the one that is spoken."""
    wanted = request.GET.get("language")
    return wanted if wanted in LANGUAGES else get_language()


def _about(article, language):
    """What the pages about an article's text in one language share; the tabs lead to the other languages."""
    tabs = [{"label": name, "code": code, "current": code == language} for code, name in settings.LANGUAGES]
    return {"article": article, "language": language, "languages": tabs}


def _with_language(path, language):
    return f"{path}?language={language}"
