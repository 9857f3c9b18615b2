from urllib.parse import urlsplit

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponseRedirect, JsonResponse
from django.utils import translation

from people.lifecycle import Refused, refusal_for

SEE_OTHER = 303


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

    A broken constraint that has a sentence of its own is a refusal, too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            sentence = str(exception)
        elif isinstance(exception, IntegrityError) and (found := refusal_for(exception)):
            sentence = str(found)
        else:
            return None
        if request.htmx or "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"detail": sentence}, status=409)
        messages.error(request, sentence)
        response = HttpResponseRedirect(_back(request))
        response.status_code = SEE_OTHER
        return response


def _back(request):
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/home/"
    path = came_from.path.lstrip("/")  # an address that begins with two strokes would lead to another host
    return f"/{path}?{came_from.query}" if came_from.query else f"/{path}"
