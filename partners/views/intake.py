"""The link by which people ask an organisation themselves: open, on paper, replaced, closed."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents import views as documents
from documents.barcodes import qr_path
from partners import actions
from partners.access import editor_required
from partners.models import IntakeLink, Partner
from partners.poster import address_of
from web.pagination import parse_key

from .progress import pdf_progress

LANGUAGES = dict(settings.LANGUAGES)


@editor_required
def intake(request, pk):
    """The link with its code and poster, or how to open one."""
    partner = _partner(request, pk)
    link = partner.intake_links.open().first()
    context = {"partner": partner, "link": link, "languages": settings.LANGUAGES}
    if link:
        address = address_of(link)
        path, side = qr_path(address)
        context |= {"address": address, "path": path, "side": side}
    return render(request, "partners/intake.html", context)


@require_POST
@editor_required
def open_intake_link(request, pk):
    partner = _partner(request, pk)
    actions.open_intake_link(partner, by=request.user)
    messages.success(request, _("The link is open. Print the poster, or send the address to people."))
    return redirect("partners:intake", partner.pk)


@editor_required
def replace_intake_link(request, pk):
    """Put a new link in the old one's place; the page says first what that does."""
    return _ask_first(
        request,
        pk,
        "partners/replace_intake_link.html",
        actions.replace_intake_link,
        _("Replaced. Print the poster anew."),
    )


@editor_required
def close_intake_link(request, pk):
    """Take no more requests by the link; the page says first what that does."""
    return _ask_first(
        request, pk, "partners/close_intake_link.html", actions.close_intake_link, _("The link is closed.")
    )


def _ask_first(request, pk, template, action, done):
    """Name the link on the page, so that a second press means the same one and no later one."""
    partner = _partner(request, pk)
    if request.method == "POST":
        links = IntakeLink.objects.visible_to(request.user).filter(partner=partner).select_related("partner")
        action(get_object_or_404(links, pk=parse_key(request.POST.get("link"))), by=request.user)
        messages.success(request, done)
        return redirect("partners:intake", partner.pk)
    link = partner.intake_links.open().first()
    if link is None:
        return redirect("partners:intake", partner.pk)
    return render(request, template, {"partner": partner, "link": link})


@editor_required
def intake_poster(request, pk):
    """The poster of the open link as a PDF; until it is made a page that asks again."""
    partner = _partner(request, pk)
    link = partner.intake_links.open().select_related("partner").first()
    language = request.GET.get("language", partner.language)
    if link is None or language not in LANGUAGES:
        raise Http404
    poster, is_made = actions.plan_poster(link, language)
    if is_made and not request.htmx:
        return documents.send(poster.file)
    url = f"{request.path}?language={language}"
    progress = pdf_progress("poster", url, poster, kind=actions.MAKE_POSTER, is_made=is_made)
    context = {"partner": partner, "language": LANGUAGES[language], **progress}
    return render(request, "partners/_pdf_progress.html" if request.htmx else "partners/poster.html", context)


def _partner(request, pk):
    return get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
