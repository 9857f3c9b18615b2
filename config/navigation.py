"""The main menu: who finds what where, as one table."""

from functools import cache

from django.conf import settings
from django.urls import is_valid_path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .notices import notices_for

TODAY = (_("Today"), "home")
REQUESTS = (_("Requests"), "requests:list")
NEW_REQUEST = (_("New request"), "requests:new")
MATCHING = (_("Matching"), "requests:queue")
DESK = (_("Service desk"), "partners:desk")
QUESTIONS = (_("Questions"), "partners:questions")
PARTNERS = (_("Partners"), "partners:list")
OWN = (_("Organisation"), "partners:list")  # which leads a member to its own
DEVICES = (_("Devices"), "devices:list")
TAKE_IN = (_("Scan"), "devices:scan")
ROUNDS = (_("Rounds"), "shipping:list")
STATION = (_("Close parcels"), "shipping:station")
MONTH_END = (_("Month end"), "billing:month_end")
INVOICES = (_("Invoices"), "billing:list")
PAYMENTS = (_("Payments"), "billing:bank_files")
JOBS = (_("Background work"), "jobs:list")
HELP = (pgettext_lazy("menu", "Help centre"), "help:feedback")
SETTINGS = (_("Settings"), "settings")
BESIDE_EACH_OTHER = 7  # in the bar; what has no room there stands behind "More", in French too

ASSOCIATION = {
    "admin": [
        TODAY,
        REQUESTS,
        MATCHING,
        DESK,
        PARTNERS,
        DEVICES,
        ROUNDS,
        INVOICES,
        MONTH_END,
        PAYMENTS,
        JOBS,
        HELP,
        SETTINGS,
    ],
    "treasurer": [TODAY, MONTH_END, INVOICES, PAYMENTS, PARTNERS, SETTINGS],
    "dispatcher": [TODAY, MATCHING, ROUNDS, STATION, DEVICES, REQUESTS, DESK],
    "volunteer": [TODAY, TAKE_IN, DEVICES, STATION],
    "auditor": [TODAY, INVOICES, PAYMENTS, PARTNERS],
}
PARTNER = {
    "social_worker": [TODAY, REQUESTS, NEW_REQUEST, QUESTIONS],
    "manager": [TODAY, REQUESTS, NEW_REQUEST, QUESTIONS, INVOICES, OWN],
    "accounting": [TODAY, INVOICES],
}


# Where visitors find what: fixed paths, for templates in any app.
PUBLIC = {
    "front": "/",
    "map": "/map/",
    "map_letter": "/map/letter/",
    "help": "/help/",
    "join": "/join/",
    "impact": "/impact/",
    "privacy": "/privacy/",
    "contact": "/contact/",
}


def entries_for(user):
    """The menu of this person: the rows of all their roles, each once, in the table's order."""
    if user.acting_for:
        rows = [PARTNER[role] for role in PARTNER if role in user.membership_roles]
    else:
        rows = [ASSOCIATION[role] for role in ASSOCIATION if user.has_role(role)]
    return list(dict.fromkeys(entry for row in rows for entry in row)) or [TODAY]


url_of = cache(reverse)  # the same for everybody


def return_url(request):
    """Where the language switch leads: to this page, or above one that came of a form and may open by a form only."""
    if request.method == "GET" or request.path == settings.LOGIN_URL:
        return request.get_full_path()
    above = request.path.rstrip("/").rpartition("/")[0] + "/"
    return above if is_valid_path(above) else "/"


def navigation(request):
    """Context processor for the frame, with the names in `frame`.

    Volunteers work on phones with dirty hands: what they press is large wherever a page doesn't say otherwise.
    """
    frame = {"navigation": [], "menu": [], "folded_menu": [], "account_label": "", "theme": "auto", "density": "office"}
    frame |= {"association": settings.ASSOCIATION, "demo": settings.DEMO, "return_url": return_url(request)}
    frame |= {"public_urls": PUBLIC, "base_url": settings.BASE_URL}
    frame["site_notices"] = SimpleLazyObject(lambda: notices_for(request))  # asked for by whole pages only
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame
    entries = [{"label": label, "url": url_of(name), "current": False} for label, name in entries_for(user)]
    here = [entry for entry in entries if request.path.startswith(entry["url"])]
    if here:
        max(here, key=lambda entry: len(entry["url"]))["current"] = True
    frame["on_behalf"] = user.acting_for if user.acts_on_behalf else None
    label = f"{user} · {user.acting_for}" if user.acting_for else str(user)
    density = "workshop" if user.has_role("volunteer") else "office"
    folded = entries[BESIDE_EACH_OTHER:] if len(entries) > BESIDE_EACH_OTHER + 1 else []
    frame |= {"navigation": entries, "menu": entries[: len(entries) - len(folded)], "folded_menu": folded}
    return frame | {"account_label": label, "theme": user.theme, "density": density}
