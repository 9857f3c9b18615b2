from functools import partial
from operator import attrgetter

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from jobs.models import Batch, Job
from people.access import dispatcher_required
from records import clock
from requests.models import DeviceRequest
from shipping import actions
from shipping.forms import HandOverForm, ProgressForm
from shipping.lifecycle import ShipmentStage
from shipping.models import Shipment, allocations_to_pack
from shipping.tables import HANDED_OVER
from web.forms import attempt
from web.pagination import paginate

IN_HOUSE = 500  # rows of one page at most; a round is 50, in summer 200
STAGES = (
    ShipmentStage.WITHDRAWN,
    ShipmentStage.CANCELLED,
    ShipmentStage.PACKING,
    ShipmentStage.LABELLED,
    ShipmentStage.CLOSED,
)


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
    parcels = Shipment.objects.visible_to(request.user)
    to_pack = allocations_to_pack(DeviceRequest.objects.visible_to(request.user))
    steps = {"to_pack": _rows_to_pack(to_pack)} | _rows_by_stage(parcels)
    counts = _counts(steps, to_pack, parcels)
    label_jobs = Job.objects.unfinished_for_many(actions.MAKE_LABEL, steps["packing"])
    batch = _newest_batch(label_jobs.values())
    context = {
        "views": _tabs(handed_over=False),
        "steps": steps,
        "counts": counts,
        "more": {step: counts[step] - len(rows) for step, rows in steps.items()},
        "failed": {key for key, job in label_jobs.items() if job.is_dead},
        "progress": _progress_bar(batch) if batch else None,
        "first": next((step for step in ("to_pack", "labelled", "closed") if steps[step]), ""),
        "figures": [
            (counts["to_pack"], _("to pack")),
            (counts["packing"], _("labels being made")),
            (counts["labelled"], _("to close")),
            (counts["closed"], _("to hand over")),
        ],
        "shown_at": shown_at.isoformat(),
        "is_empty": not any(steps.values()),
    }
    return render(request, "shipping/list.html", context)


def _tabs(*, handed_over):
    page = reverse("shipping:list")
    return [
        {"label": _("In the house"), "url": page, "current": not handed_over},
        {"label": _("Handed over"), "url": f"{page}?view=handed-over", "current": handed_over},
    ]


def _rows_to_pack(to_pack):
    return list(to_pack.select_related("request", "device", "partner").order_by("device__shelf", "pk")[:IN_HOUSE])


def _rows_by_stage(parcels):
    stages = {stage: [] for stage in STAGES}
    for parcel in parcels.in_house_or_to_void().in_order_of_shelves()[:IN_HOUSE]:
        stages[parcel.stage].append(parcel)
    return stages


def _counts(steps, to_pack, parcels):
    """How many there are of each step; the database is asked only for what is too long to be listed whole."""
    counts = {step: len(rows) for step, rows in steps.items()}
    if counts["to_pack"] == IN_HOUSE:
        counts["to_pack"] = to_pack.count()
    if sum(counts[stage] for stage in STAGES) == IN_HOUSE:
        counts |= parcels.count_stages()
    return counts


def _newest_batch(jobs):
    """The newest batch that one of these jobs is under way for."""
    batches = [job.batch for job in jobs if job.is_under_way and job.batch]
    return max(batches, key=attrgetter("pk"), default=None)


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
    page = paginate(parcels, request.GET)
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
