"""What is answered when something goes wrong, wherever it does: without the body, and without the database."""

import logging
import sys

from csp.middleware import CSPMiddleware
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework.exceptions import APIException

from records.refusals import is_away
from web.api import PROBLEM, RETRY_AFTER, Away, Unreadable, problem


def bad_request(request, exception):
    return _answer(request, Unreadable(), lambda: defaults.bad_request(request, exception))


def permission_denied(request, exception):
    return _answer(request, exception, lambda: defaults.permission_denied(request, exception))


def page_not_found(request, exception):
    return _answer(request, Http404(), lambda: defaults.page_not_found(request, exception))


def server_error(request):
    """500 for a fault of ours; 503 while the database is away, 400 for a body that breaks off."""
    error = sys.exception()
    if is_away(error):
        return _answer(request, Away(), lambda: _database_away(request))
    if isinstance(error, UnreadablePostError):
        return bad_request(request, error)
    return _answer(request, APIException(), lambda: defaults.server_error(request))


def _answer(request, exception, make_page):
    """Problem details for a program, else the page."""
    if not request.path.startswith("/api/"):
        request.POST = QueryDict()  # what couldn't be read would fail again, in this answer
        return make_page()
    said = problem(exception, {})
    headers = {name: said[name] for name in ("Retry-After",) if name in said}
    return JsonResponse(said.data, status=said.status_code, headers=headers, content_type=PROBLEM)


def _database_away(request):
    """Stands alone like the page of a fault of ours; what was sent by a form has to be sent once more."""
    again = request.get_full_path() if request.method == "GET" else ""
    page = render_to_string("503.html", {"again": again})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})


def answered(site):
    """A WSGI application with an answer also where this one fails before its first middleware or in a page above."""

    def application(environ, start_response):
        try:
            return site(environ, start_response)
        except Exception:
            logging.getLogger("django.request").exception("No answer to %r", environ.get("PATH_INFO"))
            answer = HttpResponse("That was our mistake.", status=500, content_type="text/plain")
            for middleware in (SecurityMiddleware, XFrameOptionsMiddleware, CSPMiddleware):
                answer = middleware(site).process_response(HttpRequest(), answer)
            start_response("500 Internal Server Error", list(answer.items()), sys.exc_info())
            return answer

    return application
