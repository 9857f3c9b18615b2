"""Who may open a page: one decorator per role. A route without one is refused by the deny-by-default check."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def access(label, allowed):
    """Make the decorator that lets in signed-in people for whom `allowed(user)` holds: else 403, before any fetch.

    Somebody of the association without a second factor is first led to where one is set up.
    """

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.user.lacks_second_factor:
                messages.warning(request, _("Who works for the association signs in with a second factor. Set one up."))
                return redirect("mfa_index")
            if not allowed(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = label
        return guarded

    decorator.label, decorator.allowed = label, allowed  # for the API, which answers 401 where a page asks to sign in
    return decorator


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
