"""Who may open a page: one decorator per role, and a test fails as long as a route has none."""

from functools import wraps
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from .models import User


class SignedInRequest(HttpRequest):
    """What a view behind one of these decorators gets, for the checker of types."""

    user: User
    htmx: HtmxDetails


def access(label, allowed):
    """Make the decorator that lets in signed-in people for whom `allowed(user)` holds: else 403, before any fetch.

    Somebody of the association without a second factor is first led to where one is set up.
    """

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return _redirect_whole_page(request, redirect_to_login(_return_path(request)))
            if request.user.lacks_second_factor:
                messages.warning(request, _("Who works for the association signs in with a second factor. Set one up."))
                return _redirect_whole_page(request, redirect("mfa_index"))
            if not allowed(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = label
        return guarded

    decorator.label, decorator.allowed = label, allowed  # for the API, which answers 401 where a page asks to sign in
    return decorator


def _return_path(request):
    """Where to go on after signing in: never to an action or a fragment, which are no pages."""
    if request.htmx:
        try:
            return request.htmx.current_url_abs_path or "/home/"
        except ValueError:  # it is no address
            return "/home/"
    return request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request)


def page_before(request):
    """The page of ours that a person came from, else the home page."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/home/"
    if came_from.netloc != request.get_host():
        return "/home/"
    path = came_from.path.lstrip("/")  # an address that begins with two strokes would lead to another host
    return f"/{path}?{came_from.query}" if came_from.query else f"/{path}"


def _redirect_whole_page(request, redirect):
    """Lead a whole page there, or a fragment's page: else the other page would be put into the fragment."""
    return HttpResponseClientRedirect(redirect.url) if request.htmx else redirect


def public(view):
    """Mark a page that anybody may open."""
    view.access = "public"
    return view


def role(*roles):
    return access(", ".join(roles), lambda user: user.has_role(*roles))


signed_in = access("signed in", lambda user: True)
admin_required = role("admin")
treasurer_required = role("treasurer", "admin")
money_reader_required = role("treasurer", "admin", "auditor")
dispatcher_required = role("dispatcher", "admin")
workshop_required = role("volunteer", "dispatcher", "admin")
