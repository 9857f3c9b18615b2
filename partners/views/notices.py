"""Pages about notices: written, published and withdrawn by admins, put away by who has read them."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.forms import NoticeForm
from partners.models import Notice
from people.access import admin_required, page_before, signed_in
from records import clock
from web.forms import attempt
from web.pagination import paginate, parse_key

USUAL = timedelta(days=14)  # how long a notice is shown unless somebody says otherwise


def _fetch(user, pk):
    found = Notice.objects.visible_to(user).select_related("batch").prefetch_related("texts__notice")
    return get_object_or_404(found, pk=pk)


@admin_required
def notices(request):
    """All notices, the newest first."""
    found = Notice.objects.visible_to(request.user).prefetch_related("texts")
    return render(request, "partners/notices.html", {"page": paginate(found, request.GET)})


@admin_required
def new_notice(request):
    """Write a draft, empty or from an earlier notice."""
    earlier = Notice.objects.visible_to(request.user).filter(pk=parse_key(request.GET.get("from"))).first()
    begin = {"from_on": clock.today(), "until_on": clock.today() + USUAL}
    if earlier:
        begin |= {name: getattr(earlier, name) for name in ("audience", "kind", "cantons", "tone")} | _words(earlier)
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=begin)
    if request.method == "POST" and form.is_valid():
        notice = attempt(form, partial(actions.create_notice, form.columns, form.words, by=request.user))
        if notice:
            return redirect(notice)
    return render(request, "partners/new_notice.html", {"form": form})


def _words(notice):
    """What the fields of its words hold."""
    texts = {f"title_{text.language}": text.title for text in notice.current}
    return texts | {f"body_{text.language}": text.body for text in notice.current}


@admin_required
def notice(request, pk):
    """A notice as readers of each language see it, how far its mails are, and what was done with it."""
    found = _fetch(request.user, pk)
    names, current = dict(settings.LANGUAGES), {text.language: text for text in found.current}
    progress = None
    if found.batch:
        progress = {"title": _("Mails"), "url": found.batch.get_absolute_url(), **found.batch.progress()}
    context = {
        "notice": found,
        "previews": [(names[code], current[code].shown if code in current else None) for code in names],
        "instead": names[found.text.language] if found.text else "",
        "steps": found.steps.select_related("by"),
        "earlier": sorted(
            (text for text in found.texts.all() if text.version < found.version), key=lambda text: -text.version
        ),
        "progress": progress,
    }
    return render(request, "partners/notice.html", context)


@admin_required
def change_notice(request, pk):
    """Change a draft, or the words and days of what is published."""
    found = _fetch(request.user, pk)
    form = NoticeForm(request.POST if request.method == "POST" else None, instance=found, initial=_words(found))
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.change_notice, found, form.columns, form.words, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept."))
            return redirect(found)
    return render(request, "partners/change_notice.html", {"notice": found, "form": form})


@admin_required
def publish_notice(request, pk):
    """Publish it; the page says first how many will read it, and how many get a mail."""
    found = _fetch(request.user, pk)
    if request.method == "POST":
        if actions.publish_notice(found, by=request.user):
            messages.success(request, _("Published."))
        return redirect(found)
    if not found.is_draft:
        return redirect(found)
    readers = found.readers()
    context = {"notice": found, "people": len(readers.texts), "organisations": readers.organisations}
    return render(request, "partners/publish_notice.html", context)


@admin_required
def withdraw_notice(request, pk):
    """Show it no longer; the page says first what that does."""
    found = _fetch(request.user, pk)
    if request.method == "POST":
        if actions.withdraw_notice(found, by=request.user):
            messages.success(request, _("Withdrawn: nobody sees it any more."))
        return redirect(found)
    waiting = 0
    if found.batch:
        progress = found.batch.progress()
        waiting = progress["total"] - progress["done"] - progress["dead"]
    return render(request, "partners/withdraw_notice.html", {"notice": found, "waiting": waiting})


@require_POST
@signed_in
def dismiss_notice(request, pk):
    """Put away a notice that one has read."""
    if not Notice.objects.shown_to(request.user, [pk]):
        raise Http404
    actions.dismiss_notice(Notice.objects.get(pk=pk), by=request.user)
    return HttpResponse() if request.htmx else redirect(page_before(request))
