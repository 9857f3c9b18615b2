import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.access import request_reader_required, social_worker_required
from partners.models import Partner
from records import clock
from requests.forms import FilterForm, NameForm
from requests.lifecycle import ON_THE_WAY, RequestStatus
from requests.models import DeviceRequest, RequestDraft
from requests.models.device_request import whole_number
from requests.tables import SHOWN, columns_for
from web.filters import chips
from web.pagination import MANY, find_row, paginate

FOUND, SEARCHES = "found_requests", 5  # where a sign-in keeps what its last searches found
VIEWS = {
    "needs-us": gettext_lazy("Needs us"),
    "recent": gettext_lazy("Last 30 days"),
    "on-the-way": gettext_lazy("On the way"),
    "all": gettext_lazy("Everything"),
}


@request_reader_required
def index(request):
    """The requests this person may see, newest first: saved views, filters in the address, never a name."""
    params = request.GET
    form = FilterForm(params)
    form.is_valid()  # what is no filter is left out, the other one still holds
    words, status = form.cleaned_data.get("q"), form.cleaned_data.get("status")
    chosen = params.get("view") if params.get("view") in VIEWS else "all" if words or status else "recent"
    found = _in_view(DeviceRequest.objects.visible_to(request.user), chosen, request.user)
    if words:
        found = found.matching_words(words)
    if status:
        found = found.filter(status=status)
    if partner := _chosen_partner(params, request.user):
        found = found.filter(partner=partner)
    page = paginate(_for_list(found), params)
    context = {
        "page": page,
        "columns": columns_for(request.user),
        "form": form,
        "kept": [(name, params[name]) for name in ("view", "partner", "rows") if params.get(name)],
        "may_approve_many": chosen == "needs-us" and bool(request.user.acting_for) and len(page.rows) > 1,
        "filtered": bool(words or status or partner),
        "views": _tabs(request.user, chosen, partner),
        "chips": chips(params, {"partner": partner, "q": words, "status": status and RequestStatus(status).label}),
    }
    return render(request, "requests/list.html", context | {"name_form": NameForm()})


def _chosen_partner(params, user):
    """The organisation whose requests are asked for, or None if this person sees none of that key."""
    return find_row(Partner.objects.visible_to(user), params.get("partner"))


def _in_view(found, view, user):
    if view == "needs-us":
        return found.waiting_for(user)
    if view == "on-the-way":
        return found.filter(status__in=ON_THE_WAY)
    if view == "recent":
        return found.filter(received_at__gte=clock.now() - timedelta(days=30))
    return found


@request_reader_required
def search(request):
    """A number or case reference leads to its request, or to the list of those that hold it.

    A name leads to what it found, kept with the sign-in under an address that tells nothing.
    """
    form = NameForm(request.POST)
    if not form.is_valid():
        return redirect("requests:list")
    words = form.cleaned_data["name"]
    visible = DeviceRequest.objects.visible_to(request.user)
    hits = list(visible.filter(Q(number=whole_number(words)) | Q(case_reference__iexact=words))[:2])
    if len(hits) == 1:
        return redirect(hits[0])
    is_number = any(sign.isdigit() for sign in words)
    if is_number and visible.matching_words(words).exists():  # so it is no name
        return redirect(f"{reverse('requests:list')}?{urlencode({'q': words})}")
    keys = _first_keys(visible.of_person(words)) or _first_keys(visible.matching_words(words))
    token = secrets.token_hex(8)
    kept = request.session.get(FOUND, [])[1 - SEARCHES :]  # the last few, as Back leads no further
    request.session[FOUND] = [*kept, {"token": token, "keys": keys, "is_number": is_number}]
    return redirect("requests:found", token)


def _first_keys(found):
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MANY])


@request_reader_required
def found(request, token):
    """What a search of one's own has found, as far as one may see it today; an old one leads to the list."""
    kept = next((each for each in request.session.get(FOUND, []) if each["token"] == token), None)
    if kept is None:
        return redirect("requests:list")
    rows = _for_list(DeviceRequest.objects.visible_to(request.user).filter(pk__in=kept["keys"])).order_by("-pk")
    context = {
        "rows": list(rows),
        "columns": columns_for(request.user),
        "name_form": NameForm(),
        "is_number": kept["is_number"],
    }
    return render(request, "requests/search.html", context)


def _for_list(found):
    return found.select_related("recipient", "partner").only(*SHOWN)


@social_worker_required
def drafts(request):
    """One's own unfinished forms, the last written first."""
    rows = RequestDraft.objects.visible_to(request.user)[:MANY]
    return render(request, "requests/drafts.html", {"drafts": rows, "views": _tabs(request.user, "drafts")})


def _tabs(user, chosen, partner=None):
    """The saved views, of one organisation if one was asked for, and the drafts of who has any."""
    page, of = reverse("requests:list"), f"&partner={partner.pk}" if partner else ""
    tabs = [{"label": label, "url": f"{page}?view={key}{of}", "current": key == chosen} for key, label in VIEWS.items()]
    if chosen == "drafts" or RequestDraft.objects.visible_to(user).exists():
        tabs.append({"label": _("Drafts"), "url": reverse("requests:drafts"), "current": chosen == "drafts"})
    return tabs
