from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from documents import views as documents
from jobs.models import Job
from partners.access import request_reader_required
from people.access import dispatcher_required
from people.models import AuditEntry
from requests.models import DeviceRequest
from shipping import actions
from shipping.lifecycle import ShipmentStage
from shipping.models import Label, Shipment
from shipping.timeline import timeline


@require_POST
@dispatcher_required
def pack(request, number):
    """Begin the parcel for a request that has its laptop; its page goes on to the label."""
    device_request = get_object_or_404(DeviceRequest.objects.visible_to(request.user), number=number)
    allocation = device_request.allocations.order_by("pk").last()
    if allocation is None:
        raise Http404
    return redirect(actions.pack(allocation, by=request.user))


def _fetch(request, pk, *related):
    shipments = Shipment.objects.visible_to(request.user).select_related("allocation", "device", *related)
    return get_object_or_404(shipments, pk=pk)


@request_reader_required
def detail(request, pk):
    """One parcel: what comes next and who acts, the way so far, what is inside and for which request."""
    shipment = _fetch(request, pk, "request__recipient", "request__partner", "bill_to")
    stage = shipment.stage
    job = Job.objects.unfinished_for(actions.MAKE_LABEL, shipment) if stage == ShipmentStage.PACKING else None
    failed = job is not None and job.is_dead
    waits = stage == ShipmentStage.PACKING and not failed
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
        "to": actions.label_face(shipment, shipment.ident_code).recipient,
        "may_work": dispatcher_required.allowed(request.user),
        "timeline": timeline(shipment, steps, user=request.user),
    }
    return render(request, "shipping/detail.html", context)


def _note_reading(request, shipment):
    AuditEntry.objects.record("read_recipient", subject=shipment.request.number, by=request.user)


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
