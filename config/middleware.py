import codecs
import re

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.crypto import constant_time_compare
from django_htmx.http import reswap

from people.access import page_before
from records.refusals import sentence_for

from .health import healthz

SEE_OTHER = 303
SESSION_KEY = re.compile("[a-z0-9]{32}")


class NoStoreMiddleware:
    """Let nobody keep a page that does not say for how long: after signing out none comes back with the back button."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class HealthMiddleware:
    """Say how things stand before anything is asked of the database for the page around it."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.path = reverse("healthz")

    def __call__(self, request):
        return healthz(request) if request.path == self.path else self.get_response(request)


class CharsetMiddleware:
    """Turn away what says that it is in another character set than UTF-8, as no form and no program of ours does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not _is_utf8(request.content_params.get("charset") or "utf-8"):
            raise BadRequest("not in UTF-8")
        return self.get_response(request)


def _is_utf8(name):
    try:
        return codecs.lookup(name).name == "utf-8"
    except (LookupError, ValueError):  # of a NUL in it
        return False


class SizeMiddleware:
    """Turn away a body beyond any limit before it is read: an anonymous one would be written to disk first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _size(request) > settings.LARGEST_BODY and not request.path.startswith("/api/"):  # which says it itself
            return render(request, "400.html", status=413)
        return self.get_response(request)


def _size(request):
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else 0


class OwnSessionMiddleware(SessionMiddleware):
    """Django's, for sessions of ours only: what a key of ours never holds, a NUL say, must not reach the database."""

    def process_request(self, request):
        if not SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class PersonMiddleware(AuthenticationMiddleware):
    """Django's, for a session that brings its person along: nothing more is read unless something is odd.

    At once and not when it is first asked for, as every page asks.
    """

    def process_request(self, request):
        super().process_request(request)
        request.user = _person(request)


def _person(request):
    """Who is signed in. What doesn't fit goes through Django's own examination, which ends such a session."""
    session = request.session
    session.get(auth.SESSION_KEY)  # reads it
    user = session.user
    if (
        user is None
        or not user.is_active
        or session.get(auth.SESSION_KEY) != str(user.pk)
        or session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
        or not constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    ):
        return get_user(request)
    return user


class PersonLanguageMiddleware:
    """Speak the language a signed-in person chose, on every device; others get their browser's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class RefusedMiddleware:
    """Say a refusal to whoever asked: 409 to programs and fragments, else a message on the page one came from.

    A broken constraint or trigger that we named is a refusal, too, and so is a row that somebody else holds.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        sentence = sentence_for(exception)
        if sentence is None:
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"detail": str(sentence)}, status=409)
        if request.htmx:  # into the fragment, not in its place: what one was at stays there
            note = render(request, "components/_refused.html", {"sentence": sentence}, status=409)
            return reswap(note, "afterbegin")
        messages.error(request, sentence)
        response = HttpResponseRedirect(page_before(request))
        response.status_code = SEE_OTHER
        return response
