from functools import partial
from operator import attrgetter

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from devices.models import Device
from documents import views as documents
from jobs.models import Batch, Job
from partners.access import request_reader_required
from people.access import dispatcher_required, workshop_required
from people.models import AuditEntry
from records import clock
from requests.models import DeviceRequest
from web.forms import attempt
from web.pagination import page_of

from . import actions, scan_messages
from .forms import HandOverForm, ProgressForm, ScanForm
from .models import Label, Shipment, allocations_to_pack
from .timeline import timeline

IN_HOUSE = 500  # rows of one page at most; a round is 50, in summer 200
STAGES = ("withdrawn", "cancelled", "packing", "labelled", "closed")
LABEL = "shipping.make_label"
STOPPED = 409


@dispatcher_required
def index(request):
    """The parcels in the house by what they wait for; under "handed over" what has left it, newest first."""
    handed_over = request.GET.get("view") == "handed-over"
    page = reverse("shipping:list")
    views = [
        {"label": _("In the house"), "url": page, "current": not handed_over},
        {"label": _("Handed over"), "url": f"{page}?view=handed-over", "current": handed_over},
    ]
    if handed_over:
        out = Shipment.objects.visible_to(request.user).out().select_related("request", "device", "partner")
        context = {"views": views, "page": page_of(out, request.GET)}
        return render(request, "shipping/handed_over.html", context)
    if request.htmx and "batch" in request.GET:
        return _progress(request)
    shown_at = clock.now()  # before the parcels are read: what is closed meanwhile is not handed over unseen
    kept = allocations_to_pack(DeviceRequest.objects.visible_to(request.user))
    to_pack = list(kept.select_related("request", "device", "partner").order_by("device__shelf", "pk")[:IN_HOUSE])
    stages = {stage: [] for stage in STAGES}
    here = Shipment.objects.visible_to(request.user)
    related = here.lying_here().select_related("allocation", "request", "device", "partner")
    withdrawn_first = F("allocation__released_at").asc(nulls_last=True)
    shown = list(related.order_by(withdrawn_first, "device__shelf", "pk")[:IN_HOUSE])
    for shipment in shown:
        stages[shipment.stage].append(shipment)
    failed, batch = _labels(stages["packing"])
    steps = {"to_pack": to_pack, **stages}
    counts = {step: len(rows) for step, rows in steps.items()}
    if len(to_pack) == IN_HOUSE:
        counts["to_pack"] = kept.count()
    if len(shown) == IN_HOUSE:
        counts |= here.count_stages()
    context = {
        "views": views,
        "steps": steps,
        "counts": counts,
        "more": {step: counts[step] - len(rows) for step, rows in steps.items()},
        "failed": failed,
        "progress": _bar(batch) if batch else None,
        "first": next((stage for stage in ("to_pack", "labelled", "closed") if steps[stage]), ""),
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


def _labels(packing):
    """Of parcels being packed: those whose label was given up, and the newest batch that makes the others'."""
    jobs = Job.objects.unfinished_for_many(LABEL, packing)
    failed = {pk for pk, job in jobs.items() if job.is_dead}
    batches = [job.batch for job in jobs.values() if job.is_under_way and job.batch]
    return failed, max(batches, key=attrgetter("pk"), default=None)


def _bar(batch):
    """The variables of the progress bar: it asks this page for itself."""
    url = f"{reverse('shipping:list')}?batch={batch.token}"
    return {"title": _("Labels made"), "url": url, **batch.progress()}


def _progress(request):
    """The bar once more; when it is over, the whole page again with what came of it."""
    form = ProgressForm(request.GET)
    if not form.is_valid():
        raise Http404
    batch = get_object_or_404(Batch.objects.of_kind(LABEL), token=form.cleaned_data["batch"])
    bar = _bar(batch)
    return HttpResponseClientRefresh() if bar["over"] else render(request, "components/_progress.html", bar)


@require_POST
@dispatcher_required
def pack(request, number):
    """Begin the parcel for a request that has its laptop; its page goes on to the label."""
    device_request = get_object_or_404(DeviceRequest.objects.visible_to(request.user), number=number)
    allocation = device_request.allocations.order_by("pk").last()
    if allocation is None:
        raise Http404
    return redirect(actions.pack(allocation, by=request.user))


@require_POST
@dispatcher_required
def pack_all(request):
    begun = actions.pack_all(by=request.user)
    if begun:
        told = ngettext("%(count)s parcel is begun.", "%(count)s parcels are begun.", begun) % {"count": begun}
        messages.success(request, told)
    else:
        messages.info(request, _("Each laptop has its parcel already."))
    return redirect("shipping:list")


def _fetch(request, pk, *related):
    shipments = Shipment.objects.visible_to(request.user).select_related("allocation", "device", *related)
    return get_object_or_404(shipments, pk=pk)


@request_reader_required
def detail(request, pk):
    """One parcel: what comes next and who acts, the way so far, what is inside and for which request."""
    shipment = _fetch(request, pk, "request__recipient", "request__partner", "partner", "bill_to")
    stage = shipment.stage
    job = Job.objects.unfinished_for(LABEL, shipment) if stage == "packing" else None
    failed = job is not None and job.is_dead
    waits = stage == "packing" and not failed
    if request.htmx:  # the page asks until the label is there
        return HttpResponse(status=204) if waits else HttpResponseClientRefresh()
    if shipment.names_a_person and not shipment.request.recipient.erased_at:
        _note_reading(request, shipment)
    steps = list(shipment.steps.select_related("by"))
    context = {
        "shipment": shipment,
        "stage": stage,
        "next": shipment.next_step,
        "waits": waits,
        "over": not waits,
        "failed": failed,
        "to": actions.face_of(shipment, shipment.ident_code).recipient,
        "may_work": dispatcher_required.allowed(request.user),
        "timeline": timeline(shipment, steps, user=request.user),
    }
    return render(request, "shipping/detail.html", context)


def _note_reading(request, shipment):
    AuditEntry.objects.note("read_recipient", subject=shipment.request.number, by=request.user)


@request_reader_required
def by_label(request, code):
    """The parcel with this number: what a request's timeline links to."""
    return redirect(get_object_or_404(Shipment.objects.visible_to(request.user).with_label(code)))


@dispatcher_required
def label(request, pk):
    """The label to print; only for who packs, because the person's address is on it."""
    shipment = _fetch(request, pk, "request")
    made = shipment.labels.filter(state=Label.State.MADE).select_related("file").first()
    if made is None:
        raise Http404
    if shipment.names_a_person:
        _note_reading(request, shipment)
    return documents.send(made.file)


@require_POST
@dispatcher_required
def order_label(request, pk):
    """Have the label made once more after it was given up."""
    shipment = _fetch(request, pk)
    actions.order_labels([shipment], by=request.user)
    return redirect(shipment)


@require_POST
@dispatcher_required
def hand_over(request, pk):
    shipment = _fetch(request, pk)
    actions.hand_over(shipment, by=request.user)
    messages.success(request, _("%(parcel)s is handed over.") % {"parcel": shipment.printed_code})
    return redirect(shipment)


@require_POST
@dispatcher_required
def hand_over_all(request):
    """Hand over each closed parcel by itself: what is refused is told, the others go."""
    form = HandOverForm(request.POST)
    closed = Shipment.objects.none()
    if form.is_valid():
        until = form.cleaned_data["closed_until"] or clock.now()
        closed = Shipment.objects.visible_to(request.user).closed().filter(closed_at__lte=until)
    gone = 0
    for shipment in closed.select_related("device").order_by("pk"):
        gone += bool(attempt(form, partial(actions.hand_over, shipment, by=request.user)))
    if gone:
        told = ngettext("%(count)s parcel is handed over.", "%(count)s parcels are handed over.", gone)
        messages.success(request, told % {"count": gone})
    for sentences in form.errors.values():
        for sentence in sentences:
            messages.error(request, sentence)
    if not gone and not form.errors:
        messages.info(request, _("No closed parcel is in the house."))
    return redirect("shipping:list")


@require_POST
@dispatcher_required
def take_out(request, pk):
    shipment = _fetch(request, pk)
    actions.take_out(shipment, by=request.user)
    messages.success(request, _("The parcel is taken out. Throw its label away."))
    return redirect("shipping:list")


@require_POST
@dispatcher_required
def void_labels(request, pk):
    shipment = _fetch(request, pk)
    actions.void_labels(shipment, by=request.user)
    return redirect("shipping:list")


@workshop_required
def station(request):
    """Two scans close a parcel, its label and then its laptop; in the other mode one scan hands it over."""
    asked = request.POST if request.method == "POST" else request.GET
    mode = scan_messages.HAND_OVER if asked.get("mode") == scan_messages.HAND_OVER else scan_messages.CLOSE_PARCEL
    answer = scan_messages.begin(mode)
    if request.method == "POST" and "aside" not in request.POST:
        parcels = Shipment.objects.visible_to(request.user).select_related("device")
        answer = _scanned(mode, ScanForm(request.POST), parcels, request.user)
    counts = Shipment.objects.visible_to(request.user).count_stages()
    context = answer | scan_messages.head(mode, counts) | {"url": reverse("shipping:station"), "mode": mode}
    template = "components/_scan.html" if request.htmx else "shipping/station.html"
    return render(request, template, context, status=STOPPED if answer["state"] == "stop" else 200)


def _scanned(mode, form, parcels, user):
    """Do what one scan asks for; the message that answers it."""
    if not form.is_valid():
        return scan_messages.no_parcel(mode, form)
    code = form.cleaned_data["code"]
    if not code:
        return scan_messages.begin(mode)
    scanned = parcels.with_label(code).first()
    in_hand = parcels.with_label(form.cleaned_data["label"]).first() if mode == scan_messages.CLOSE_PARCEL else None
    if not (scanned or in_hand):
        device = Device.objects.visible_to(user).scanned(code.upper())
        if device is None:
            return scan_messages.no_parcel(mode, form)
        scanned = parcels.closed().filter(device=device).first() if mode == scan_messages.CLOSE_PARCEL else None
        if scanned is None:
            return scan_messages.label_first(mode, form)
    if mode == scan_messages.HAND_OVER:
        return _leaves(form, scanned, user)
    return _closes(form, in_hand or scanned, scanned, parcels, user)


def _closes(form, parcel, scanned, parcels, user):
    """The label of a parcel was scanned, now or before: its laptop is wanted, and only that one."""
    attempt(form, partial(actions.check_label, parcel))
    if not form.is_valid():
        return scan_messages.refused(scan_messages.CLOSE_PARCEL, form, parcel)
    if scanned == parcel:
        return scan_messages.closed_already(parcel) if parcel.closed_at else scan_messages.laptop_wanted(parcel)
    if scanned:
        return scan_messages.another_label(form, parcel)
    code = form.cleaned_data["code"]
    attempt(form, partial(actions.close_parcel, parcel, device_code=code, by=user))
    if not form.is_valid():
        is_right = parcel.holds(code)  # then it was withdrawn between the two looks
        return (
            scan_messages.refused(scan_messages.CLOSE_PARCEL, form, parcel)
            if is_right
            else scan_messages.wrong_laptop(form, parcel)
        )
    return scan_messages.match(parcel, parcels.to_close().order_by("device__shelf", "pk").first())


def _leaves(form, parcel, user):
    """The label of a closed parcel was scanned as it leaves the house."""
    if parcel.handed_over_at:
        return scan_messages.handed_over(parcel, again=True)
    attempt(form, partial(actions.hand_over, parcel, by=user))
    if not form.is_valid():
        return scan_messages.refused(scan_messages.HAND_OVER, form, parcel)
    return scan_messages.handed_over(parcel, again=False)
