from functools import lru_cache, partial

from django.contrib import messages
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from jobs.models import Batch, Job
from people.access import dispatcher_required
from records import clock
from requests.models import Allocation, DeviceRequest
from shipping import actions
from shipping.forms import HandOverForm, ProgressForm
from shipping.models import Shipment, allocations_to_pack
from shipping.tables import HANDED_OVER, SHOWN, SHOWN_IN_HOUSE, SHOWN_TO_PACK, in_house, to_pack
from web.counts import Counting, in_words
from web.forms import attempt
from web.pagination import fair_shares, paginate, paginate_by
from web.statements import statement

COUNTED = 1000  # rows of a step at most, then it is "999+"; a round is 50, in summer 200
WITH_BUTTON = ("to_pack", "labelled", "closed")


@dispatcher_required
def index(request):
    """The parcels in the house by what they wait for; under "handed over" what has left it, newest first."""
    if request.GET.get("view") == "handed-over":
        return _handed_over(request)
    if request.htmx and "batch" in request.GET:
        return _label_progress(request)
    return _in_house(request)


def _in_house(request):
    shown_at = clock.now()  # before the parcels are read: what is closed meanwhile is not handed over unseen
    user, step = request.user, request.GET.get("step")
    counts = _counting(user, user.acts_as).count()
    page = paginate_by("device__shelf", _waiting(user)[step], request.GET) if step in counts else None
    if page and not page.rows:
        return redirect("shipping:list")
    steps = {step: page.rows} if page else _first_rows(user, counts)
    label_jobs = Job.objects.unfinished_for_many(actions.MAKE_LABEL, steps.get("packing", []))
    batch = Batch.objects.under_way(actions.MAKE_LABEL).first() if counts["packing"] else None
    numbers = {name: in_words(count, COUNTED) for name, count in counts.items()}
    token = get_token(request)
    failed = {key for key, job in label_jobs.items() if job.is_dead}
    context = {
        "views": _tabs(handed_over=False),
        "steps": steps,
        "to_pack": to_pack(token),
        "in_house": in_house(token, failed),
        "page": page,
        "counts": counts,
        "numbers": numbers,
        "more": {} if page else {name: _more(counts[name], rows) for name, rows in steps.items()},
        "progress": _progress_bar(batch) if batch else None,
        "first": next((name for name in WITH_BUTTON if steps.get(name)), ""),
        "figures": [
            (numbers["to_pack"], _("to pack")),
            (numbers["packing"], _("labels being made")),
            (numbers["labelled"], _("to close")),
            (numbers["closed"], _("to hand over")),
        ],
        "shown_at": shown_at.isoformat(),
        "is_empty": not any(steps.values()),
    }
    return render(request, "shipping/list.html", context)


def _waiting(user):
    """What lies in the house by what it waits for, each along the shelves."""
    parcels = _parcels(Shipment.objects.visible_to(user))
    return {
        "withdrawn": parcels.withdrawn(),
        "cancelled": parcels.to_void(),
        "to_pack": _kept(allocations_to_pack(DeviceRequest.objects.visible_to(user))),
        "packing": parcels.to_label(),
        "labelled": parcels.to_close(),
        "closed": parcels.to_hand_over(),
    }


@lru_cache(maxsize=256)
def _counting(user, acts_as):
    """The statement is kept for who acts so, as putting it together takes longer than the counting."""
    return Counting(_waiting(user), limit=COUNTED)


def _parcels(found):
    """Along the shelves, with what their list shows."""
    return found.in_order_of_shelves().only(*SHOWN_IN_HOUSE)


def _kept(allocations):
    """The same of laptops to pack."""
    rows = allocations.select_related("request", "device", "partner").only(*SHOWN_TO_PACK)
    return rows.order_by("device__shelf", "pk")


def _first_rows(user, counts):
    """The first rows of each step, all together one page; two queries."""
    shares = {step: share for step, share in fair_shares(counts).items() if share}
    steps = {step: [] for step in counts}
    if share := shares.pop("to_pack", 0):
        steps["to_pack"] = _first_to_pack(user=user, acts_as=user.acts_as, share=share)
    if shares:
        for parcel in _first_parcels(user=user, acts_as=user.acts_as, shares=frozenset(shares.items())):
            steps[parcel.stage].append(parcel)
    return steps


@statement
def _first_to_pack(*, user, acts_as, share):
    """Sorts keys only."""
    return _kept(Allocation.objects.filter(pk__in=_waiting(user)["to_pack"].values("pk")[:share]))


@statement
def _first_parcels(*, user, acts_as, shares):
    """Sorts keys only."""
    waiting = _waiting(user)
    first, *others = [waiting[step].values("pk")[:share] for step, share in shares]
    return _parcels(Shipment.objects.filter(pk__in=first.union(*others, all=True)))


def _more(count, rows):
    """How many rows a step has besides those that are shown; empty if these are all."""
    more = count - len(rows)
    return in_words(more, COUNTED - len(rows)) if more > 0 else ""


def _tabs(*, handed_over):
    page = reverse("shipping:list")
    return [
        {"label": _("In the house"), "url": page, "current": not handed_over},
        {"label": _("Handed over"), "url": f"{page}?view=handed-over", "current": handed_over},
    ]


def _progress_bar(batch):
    """A batch's progress bar, which asks this page for itself."""
    url = f"{reverse('shipping:list')}?batch={batch.token}"
    return {"title": _("Labels made"), "url": url, **batch.progress()}


def _label_progress(request):
    """The progress bar alone; once it is over, the whole page again with what came of it."""
    form = ProgressForm(request.GET)
    if not form.is_valid():
        raise Http404
    batches = Batch.objects.of_kind(actions.MAKE_LABEL)
    progress = _progress_bar(get_object_or_404(batches, token=form.cleaned_data["batch"]))
    if progress["over"]:
        return HttpResponseClientRefresh()
    return render(request, "components/_progress.html", {"progress": progress})


def _handed_over(request):
    parcels = Shipment.objects.visible_to(request.user).out().select_related("request", "device", "partner")
    page = paginate(parcels.only(*SHOWN), request.GET)
    context = {"views": _tabs(handed_over=True), "columns": HANDED_OVER, "page": page}
    return render(request, "shipping/handed_over.html", context)


@require_POST
@dispatcher_required
def pack_all(request):
    """Begin a parcel for each laptop that is kept for a request."""
    count = actions.pack_all(by=request.user)
    if count:
        words = ngettext("%(count)s parcel is begun.", "%(count)s parcels are begun.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Each laptop has its parcel already."))
    return redirect("shipping:list")


@require_POST
@dispatcher_required
def hand_over_all(request):
    """Hand over each closed parcel by itself: what is refused is told, the others go."""
    form = HandOverForm(request.POST)
    count = 0
    if form.is_valid():
        closed = Shipment.objects.visible_to(request.user).closed()
        until = form.cleaned_data["closed_until"] or clock.now()
        for shipment in closed.filter(closed_at__lte=until).select_related("device").order_by("pk"):
            count += bool(attempt(form, partial(actions.hand_over, shipment, by=request.user)))
    if count:
        words = ngettext("%(count)s parcel is handed over.", "%(count)s parcels are handed over.", count)
        messages.success(request, words % {"count": count})
    for sentences in form.errors.values():
        for sentence in sentences:
            messages.error(request, sentence)
    if not count and not form.errors:
        messages.info(request, _("No closed parcel is in the house."))
    return redirect("shipping:list")
