from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.access import admin_required
from web.pagination import parse_key

from .forms import MailTextForm
from .mail import KINDS, example, original_words
from .models import MailText

LISTED = 50  # earlier texts


def send(stored_file):
    """Answer with a stored file, shown and never run; who may see it was asked by the caller."""
    return FileResponse(
        stored_file.path.open("rb"),
        content_type=stored_file.media_type,
        filename=stored_file.name,
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


@admin_required
def mails(request):
    """Each kind of mail, and in which languages it speaks in words of our own."""
    newest = MailText.objects.order_by("kind", "language", "-pk").distinct("kind", "language")
    own = {(text.kind, text.language) for text in newest if text.subject}
    rows = [
        {
            "title": about.title,
            "languages": [(_url(kind, code), name, (kind, code) in own) for code, name in settings.LANGUAGES],
        }
        for kind, about in sorted(KINDS.items())
    ]
    return render(request, "documents/mails.html", {"rows": rows})


def _url(kind, language):
    return f"{reverse('documents:mail_text', args=[kind])}?language={language}"


@admin_required
def mail_text(request, kind):
    """What a kind of mail says in one language: changed, looked at, or taken back to what it came with."""
    if kind not in KINDS:
        raise Http404
    asked = request.GET.get("language")
    language = asked if asked in dict(settings.LANGUAGES) else get_language()
    if request.method == "POST" and "original" in request.POST:
        MailText.objects.write(kind, language, subject="", body="", by=request.user)
        messages.success(request, _("This mail goes out as it came. Your words stand in the history."))
        return redirect(_url(kind, language))
    texts = MailText.objects.filter(kind=kind, language=language).select_related("by").order_by("-pk")
    current = MailText.objects.current(kind, language)
    earlier = texts.filter(pk=parse_key(request.GET.get("text"))).exclude(subject="").first()
    original = dict(zip(("subject", "body"), original_words(kind, language), strict=True))
    shown = earlier or current
    begin = {"subject": shown.subject, "body": shown.body} if shown else original
    form = MailTextForm(request.POST if request.method == "POST" else None, kind=KINDS[kind], initial=begin)
    preview = None
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        if "look" not in request.POST:
            MailText.objects.write(kind, language, by=request.user, **words)
            messages.success(request, _("Kept. From now on the mail says this."))
            return redirect(_url(kind, language))
        preview = example(kind, language, **words)
    context = {
        "kind": KINDS[kind],
        "language": language,
        "views": [
            {"label": name, "url": _url(kind, code), "current": code == language} for code, name in settings.LANGUAGES
        ],
        "form": form,
        "preview": preview,
        "original": original,
        "is_own": current is not None,
        "texts": texts[:LISTED],
    }
    return render(request, "documents/mail_text.html", context)
