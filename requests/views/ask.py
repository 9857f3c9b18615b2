"""The pages on which a person asks an organisation for a laptop: no account, one question a page, no script needed.

Whoever has the link may ask. What is written is found by a cookie, and only until it is sent: after that these pages
show the request's number and nothing else.
"""

import uuid
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.models import IntakeLink
from people.access import public
from requests import intake
from requests.ask_forms import QUESTIONS, SendForm, judged, questions_of
from requests.models import DeviceRequest, RequestDraft
from requests.models.draft import KEPT_FOR_A_PERSON
from requests.models.recipient import LANGUAGES
from web.forms import attempt

COOKIE = "ask"


def offered():
    """The languages of these pages, each with its own name."""
    return [(code, name) for code, name in LANGUAGES if code in settings.RECIPIENT_LANGUAGES]


def wanted_language(request):
    """The one of them that the browser asks for; empty if none."""
    header = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = (code.partition("-")[0] for code, _weight in header)
    return next((code for code in wanted if code in settings.RECIPIENT_LANGUAGES), "")


@public
@require_safe
def language(request, token):
    """The first page: in which language one goes on."""
    link = _link(token)
    code = wanted_language(request) or link.partner.language
    return _closed(request, link, code) or _page(request, link, code, "language")


@public
@require_safe
def start(request, token, code):
    """What this is and what happens with the answers; and on to the first question."""
    link = _link(token, code)
    if closed := _closed(request, link, code):
        return closed
    questions, begun = questions_of(link.partner), _begun(request)
    draft = RequestDraft.objects.begun_by(link, begun)
    if draft is None and intake.sent_by(link, begun):
        return redirect(_url(link, code, "sent"))  # where the next person starts anew
    following = (judged(link.partner, draft.answers)[1] or "check") if draft else questions[0]
    context = {
        "is_begun": draft is not None,
        "next_url": _url(link, code, following),
        "total": len(questions),
        "retention_days": settings.RETENTION_DAYS,
    }
    return _page(request, link, code, "start", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def question(request, token, code, question):
    """One question; its answer is kept, and the next one follows, or the check page if it is changed from there."""
    link = _link(token, code)
    questions = questions_of(link.partner)
    if question not in questions:
        raise Http404
    if closed := _closed(request, link, code):
        return closed
    begun = _begun(request)
    draft = RequestDraft.objects.begun_by(link, begun)
    if draft is None and intake.sent_by(link, begun):
        return redirect(_url(link, code, "sent"))  # the way back leads to no second request
    is_too_often = False
    answers = draft.answers if draft else {}
    form = QUESTIONS[question](initial=answers)
    if request.method == "POST":
        form = QUESTIONS[question](request.POST)
        is_too_often = not _may(request, link, "ask_page")
        if form.is_valid() and not is_too_often:
            kept = intake.keep_answers(link, begun, question, _as_text(form.cleaned_data))
            place = questions.index(question) + 1
            follows = questions[place] if place < len(questions) and "change" not in request.GET else "check"
            return _remember(redirect(_url(link, code, follows)), link, kept)
    place = questions.index(question)
    context = {
        "form": form,
        "question": question,
        "purposes": DeviceRequest.Purpose.values,
        "place": place + 1,
        "total": len(questions),
        "back_url": _url(link, code, questions[place - 1]) if place else _url(link, code),
        "is_too_often": is_too_often,
    }
    return _page(request, link, code, question, context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, token, code):
    """All answers once more; sent twice is as sent once."""
    link = _link(token, code)
    if closed := _closed(request, link, code):
        return closed
    begun = _begun(request)
    draft = RequestDraft.objects.begun_by(link, begun)
    if draft is None:
        return redirect(_url(link, code, "sent" if intake.sent_by(link, begun) else ""))
    cleaned, missing = judged(link.partner, draft.answers)
    if missing:
        return redirect(_url(link, code, missing))
    trouble = ""
    if request.method == "POST":
        form = SendForm(request.POST)
        form.is_valid()
        if not form.is_by_a_person():
            trouble = "again"
        elif not _may(request, link, "ask_send"):
            trouble = "too_often"
        else:
            purpose = cleaned.pop("purpose")
            action = partial(
                intake.send_answers,
                link,
                draft,
                seen=request.POST.get("seen", ""),
                recipient=cleaned | {"language": code},
                purpose=purpose,
            )
            if attempt(form, action):
                return redirect(_url(link, code, "sent"))
            trouble = "again"
            cleaned["purpose"] = purpose
    context = {
        "draft": draft,
        "answers": cleaned,
        "questions": questions_of(link.partner),
        "stamp": SendForm.stamp(),
        "trouble": trouble,
        "retention_days": settings.RETENTION_DAYS,
        "back_url": _url(link, code, questions_of(link.partner)[-1]),
    }
    return _page(request, link, code, "check", context)


@public
@require_safe
def sent(request, token, code):
    """The number to write down, and what comes next; nothing of what was written."""
    link = _link(token, code)
    found = intake.sent_by(link, _begun(request))
    if found is None:
        return redirect(_url(link, code))
    tracking = found.tracking_links.open().first()
    url = tracking and settings.BASE_URL + reverse("track:in_language", args=[tracking.token, code])
    return _page(request, link, code, "sent", {"number": found.number, "tracking_url": url})


@public
@require_POST
def anew(request, token, code):
    """Forget what was begun in this browser, for the next person."""
    link = _link(token, code)
    intake.discard_answers(link, _begun(request))
    answer = redirect(_url(link, code))
    answer.delete_cookie(COOKIE, path=_path(link), samesite="Lax")
    return answer


def _link(token, code=None):
    """The link of an address, open or not; 404 for one that never was, and for a language that is not offered."""
    if code is not None and code not in dict(offered()):
        raise Http404
    return get_object_or_404(IntakeLink.objects.select_related("partner"), token=token)


def _closed(request, link, code):
    """The page that says what to do instead, whatever the reason; None if the link takes requests."""
    return None if link.takes_requests else _page(request, link, code, "closed")


def _page(request, link, code, name, context=None):
    """A page in its own language, which none of the site's need be."""
    with translation.override(code):
        where = {"link": link, "partner": link.partner, "code": code, "languages": _switch(request, link, code, name)}
        answer = render(request, f"public/ask/{name}.html", where | (context or {}))
    answer["Content-Language"] = code
    return answer


def _switch(request, link, code, name):
    """The same page in the other languages."""
    if name == "language":
        return [(other, word, _url(link, other)) for other, word in offered()]
    here, query = request.path, request.META.get("QUERY_STRING", "")
    start = _url(link, code)
    rest = here.removeprefix(start) if here.startswith(start) else ""
    more = f"?{query}" if query == "change" else ""
    return [(other, word, f"{_url(link, other)}{rest}{more}") for other, word in offered()]


def _url(link, code, name=""):
    if not name:
        return reverse("ask:start", args=[link.token, code])
    if name in QUESTIONS:
        return reverse("ask:question", args=[link.token, code, name])
    return reverse(f"ask:{name}", args=[link.token, code])


def _path(link):
    return reverse("ask:language", args=[link.token])


def _begun(request):
    """The token of what was begun in this browser."""
    try:
        return uuid.UUID(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return None


def _remember(answer, link, draft):
    answer.set_cookie(
        COOKIE,
        str(draft.token),
        max_age=KEPT_FOR_A_PERSON,
        path=_path(link),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _may(request, link, action):
    """Whether this place may do it once more by this link."""
    place = get_adapter().get_client_ip(request)
    return ratelimit.consume(request, action=action, key=f"{link.pk} {place}")


def _as_text(cleaned):
    """Answers as a draft keeps them and a form takes them."""
    return {name: "" if value is None else str(value) for name, value in cleaned.items()}
