"""The letter that a visitor takes along to a commune that does not take part."""

from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from documents import views as documents
from jobs.models import Job
from partners import actions
from partners.models import Commune, CommuneLetter
from people.access import public

from . import kept
from .search import LONGEST
from .views import hit_of, hits_for, said

LANGUAGES = dict(settings.LANGUAGES)
LARGEST_NUMBER = 99_999  # more than any commune has


@public
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """Choose the commune and the language; the press has the letter made, or leads to it when it is there."""
    data = kept.current()
    asked = hit_of(request.POST.get("commune") or request.GET.get("commune"))
    hit = said(data, asked) if asked else None
    if request.method == "POST":
        language = request.POST.get("language")
        if not hit or hit["takes_part"] or language not in LANGUAGES:
            return redirect("map_letter")
        known = CommuneLetter.objects.filter(commune=asked.place.number, language=language).select_related("commune")
        is_there = any(map(actions.is_up_to_date, known))
        if not is_there and not ratelimit.consume(request, action="commune_letter"):
            return render(request, "429.html", status=429)
        actions.order_letter(get_object_or_404(Commune, pk=asked.place.number), language)
        return redirect("map_letter_made", asked.place.number, language)
    words = request.GET.get("q", "").strip()
    context = {
        "hit": hit,
        "q": words,
        "hits": hits_for(data, words) if words and not hit else [],
        "languages": settings.LANGUAGES,
        "chosen": get_language(),
        "longest": LONGEST,
    }
    return render(request, "map/letter.html", context)


@public
@require_safe
def wait(request, number, language):
    """How far the letter is: a page that asks again by itself, and leads to the file."""
    letter = _letter(number, language)
    job = Job.objects.unfinished_for(actions.MAKE_LETTER, letter)
    is_made = actions.is_up_to_date(letter)
    is_stuck = not is_made and not (job and job.is_under_way)
    if is_stuck and actions.is_up_to_date(_letter(number, language)):  # made between the two questions
        is_made, is_stuck = True, False
    context = {"letter": letter, "is_made": is_made, "is_stuck": is_stuck, "language": LANGUAGES[language]}
    return render(request, "map/_letter.html" if request.htmx else "map/letter_made.html", context)


@public
@require_safe
def download(request, number, language):
    """The PDF; a letter that would say something else by now is first made anew."""
    letter = _letter(number, language)
    return (
        documents.send(letter.file) if actions.is_up_to_date(letter) else redirect("map_letter_made", number, language)
    )


def _letter(number, language):
    if language not in LANGUAGES or number > LARGEST_NUMBER:
        raise Http404
    letters = CommuneLetter.objects.select_related("commune", "file")
    return get_object_or_404(letters, commune=number, language=language)
