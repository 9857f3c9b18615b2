from functools import partial

from django.shortcuts import render
from django.urls import reverse

from devices.models import Device
from people.access import workshop_required
from shipping import actions, scan_messages
from shipping.forms import ScanForm
from shipping.models import Shipment
from shipping.scan_messages import CLOSE_PARCEL, HAND_OVER
from web.forms import attempt

STOPPED = 409


@workshop_required
def station(request):
    """Two scans close a parcel, its label and then its laptop; in the other mode one scan hands it over."""
    asked = request.POST if request.method == "POST" else request.GET
    mode = HAND_OVER if asked.get("mode") == HAND_OVER else CLOSE_PARCEL
    parcels = Shipment.objects.visible_to(request.user)
    message = scan_messages.label_wanted(mode)
    if request.method == "POST" and "aside" not in request.POST:
        message = _message_for(mode, ScanForm(request.POST), parcels.select_related("device"), request.user)
    context = message | scan_messages.heading(mode, parcels.count_stages())
    context |= {"url": reverse("shipping:station"), "mode": mode}
    template = "components/_scan.html" if request.htmx else "shipping/station.html"
    return render(request, template, context, status=STOPPED if message["state"] == "stop" else 200)


def _message_for(mode, form, parcels, user):
    """Do what one scan asks for; the message that answers it."""
    if not form.is_valid():
        return scan_messages.no_parcel(mode, form)
    if not form.cleaned_data["code"]:
        return scan_messages.label_wanted(mode)
    scanned = _close_parcel if mode == CLOSE_PARCEL else _hand_over
    return scanned(form, parcels, user)


def _close_parcel(form, parcels, user):
    """One of the two scans: the label of a parcel, or with that parcel in hand its laptop."""
    code = form.cleaned_data["code"]
    in_hand = parcels.with_label(form.cleaned_data["label"]).first()
    labelled = parcels.with_label(code).first()
    if not (in_hand or labelled):
        device = _laptop(code, user)
        labelled = parcels.closed().filter(device=device).first() if device else None  # scanned again after the match
        if not labelled:
            return _no_label(CLOSE_PARCEL, form, device)
    parcel = in_hand or labelled
    attempt(form, partial(actions.check_label, parcel))
    if not form.is_valid():
        return scan_messages.refused(CLOSE_PARCEL, form, parcel)
    return _label_scanned(form, parcel, labelled) if labelled else _laptop_scanned(form, parcel, parcels, user)


def _label_scanned(form, parcel, labelled):
    if labelled != parcel:
        return scan_messages.another_label(form, parcel)
    return scan_messages.closed_already(parcel) if parcel.closed_at else scan_messages.laptop_wanted(parcel)


def _laptop_scanned(form, parcel, parcels, user):
    code = form.cleaned_data["code"]
    attempt(form, partial(actions.close_parcel, parcel, device_code=code, by=user))
    if form.is_valid():
        return scan_messages.match(parcel, parcels.to_close().in_order_of_shelves().first())
    if parcel.holds(code):  # then it was withdrawn between the two looks
        return scan_messages.refused(CLOSE_PARCEL, form, parcel)
    return scan_messages.wrong_laptop(form, parcel)


def _hand_over(form, parcels, user):
    """The label of a closed parcel is scanned as it leaves the house."""
    code = form.cleaned_data["code"]
    parcel = parcels.with_label(code).first()
    if not parcel:
        return _no_label(HAND_OVER, form, _laptop(code, user))
    if parcel.handed_over_at:
        return scan_messages.handed_over(parcel, again=True)
    attempt(form, partial(actions.hand_over, parcel, by=user))
    if not form.is_valid():
        return scan_messages.refused(HAND_OVER, form, parcel)
    return scan_messages.handed_over(parcel, again=False)


def _laptop(code, user):
    return Device.objects.visible_to(user).scanned(code.upper())


def _no_label(mode, form, device):
    """No label was scanned, and none before: a laptop, or something unknown."""
    return scan_messages.label_first(mode, form) if device else scan_messages.no_parcel(mode, form)
