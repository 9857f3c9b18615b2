from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from documents import views as documents
from partners.access import request_reader_required, social_worker_required
from partners.models import Partner, Tariff
from partners.places import country_of
from partners.views.conversations import talk_or_form
from people.access import dispatcher_required
from people.models import AuditEntry
from requests import actions
from requests.correcting import fingerprint
from requests.forms import CompleteForm, CorrectForm, DeclineForm
from requests.models import Allocation, DeviceRequest, PersonMark
from requests.timeline import steps_of, timeline
from web.forms import attempt
from web.statements import statement

SETTLED = {  # what the association may decide, and what its button says
    "requeue": gettext_lazy("Send another laptop"),
    "give_up": gettext_lazy("Send nothing more"),
    "send_back": gettext_lazy("Send back to the organisation"),
    "reject": gettext_lazy("Reject"),
}


def fetch(request, number, *related):
    """The request of an address, or 404 for who may not see it."""
    return get_object_or_404(
        DeviceRequest.objects.visible_to(request.user).select_related("partner", *related), number=number
    )


@statement
def _shown(number, *, user, acts_as):
    """What `detail` shows, for who may see it."""
    found = DeviceRequest.objects.visible_to(user).filter(number=number)
    return found.select_related("partner", "recipient", "bill_to", "commune")


@statement
def _kept_for(device_request):
    return Allocation.objects.live().filter(request=device_request).select_related("device")


@request_reader_required
def detail(request, number):
    """Where the laptop is: what comes next and who acts, the way so far, person, laptop, contribution."""
    user = request.user
    device_request = next(iter(_shown(number, user=user, acts_as=user.acts_as)), None)
    if device_request is None:
        raise Http404
    allocation = next(iter(_kept_for(device_request.pk)), None)
    if not device_request.recipient.erased_at:
        AuditEntry.objects.record("read_recipient", device_request.number, by=user)
    following = device_request.next_step.told_to(user)
    steps = list(steps_of(device_request.pk))
    may_decide = bool(user.acting_for) and not user.acts_on_behalf and device_request.allows("approve")
    waits_for_a_colleague = may_decide and device_request.partner.approves_by_two and device_request.owner_id == user.pk
    settles = dispatcher_required.allowed(user)
    context = {
        "device_request": device_request,
        "person": device_request.recipient,
        "delivery": _delivery(device_request, user),
        "device": allocation.device if allocation else None,
        "next": following,
        "is_my_turn": following.waits_for(user) and not waits_for_a_colleague and not user.acts_on_behalf,
        "waits_for_a_colleague": waits_for_a_colleague,
        "act_url": reverse(following.page) if following.page else "",
        "timeline": timeline(device_request, steps, user=user),
        "may_decide": may_decide,
        "is_to_complete": may_decide and not device_request.is_complete,
        "may_complete": may_decide and device_request.intake_link_id is not None,
        "may_enter": bool(user.acting_for) and not device_request.recipient.erased_at,
        "may_correct": bool(user.acting_for and device_request.correctable),
        "price": _price(device_request) if may_decide else device_request.price,
        "invoice": next((step.numbers.get("invoice") for step in reversed(steps) if step.verb == "billed"), ""),
        # For the association only: what other organisations ask for perhaps the same person.
        "elsewhere": [] if user.acting_for else _elsewhere(device_request.pk, device_request.partner_id),
        "may_withdraw": bool(user.acting_for) and device_request.allows("withdraw"),
        "may_release": settles and device_request.allows("release"),
        "may_track": social_worker_required.allowed(user) and not device_request.recipient.erased_at,
        "deeds": _deeds(device_request) if settles else [],
    }
    context |= talk_or_form(device_request.conversation_id, user)
    return render(request, "requests/detail.html", context)


@request_reader_required
def proof(request, number):
    """The proof that Windows is needed, for who may read the request."""
    device_request = fetch(request, number, "proof")
    if device_request.proof is None:
        raise Http404
    AuditEntry.objects.record("read_recipient", device_request.number, by=request.user)
    return documents.send(device_request.proof)


@statement
def _elsewhere(device_request, partner):
    return PersonMark.objects.elsewhere(device_request, partner).select_related("partner")[:5]


def _deeds(device_request):
    return [(f"requests:{verb}", words) for verb, words in SETTLED.items() if device_request.allows(verb)]


def _delivery(device_request, user):
    """To whom the laptop goes, then the address, a line each: the person's, or the office's."""
    person, office = device_request.recipient, device_request.partner
    delivery = Partner.Delivery(device_request.delivery)
    lines = [delivery.label_for(user)]
    if person.town or delivery == Partner.Delivery.OFFICE:
        place = person if person.town else office
        country = "Liechtenstein" if country_of(place.postcode) == "LI" else ""
        lines += [f"{place.street} {place.house_number}".strip(), f"{place.postcode} {place.town}", country]
    return "\n".join(filter(None, lines))


def _price(device_request):
    """What approving it now would fix."""
    return device_request.price or Tariff.objects.price_for(
        tier=device_request.partner.tier, delivery=device_request.delivery
    )


@social_worker_required
def complete(request, number):
    """Add what the person who asked doesn't know: case reference, commune, who pays; and approve at once if wished."""
    device_request = fetch(request, number, "recipient")
    if device_request.intake_link_id is None or not device_request.allows("approve"):
        return too_late(request, device_request)
    AuditEntry.objects.record("read_recipient", device_request.number, by=request.user)
    form = CompleteForm(
        request.POST if request.method == "POST" else None, user=request.user, device_request=device_request
    )
    if request.method == "POST" and form.is_valid():
        approving = request.POST.get("verb") == "approve"
        action = partial(actions.complete, device_request, approving=approving, by=request.user, **form.answers)
        attempt(form, action)
        if form.is_valid():
            if approving:
                messages.success(request, _("Approved. %(number)s is in the queue.") % {"number": device_request})
            else:
                messages.success(request, _("Kept. Nothing goes out before it is approved."))
            return redirect(device_request)
    context = {
        "device_request": device_request,
        "person": device_request.recipient,
        "delivery": _delivery(device_request, request.user),
        "form": form,
        "price": _price(device_request),
    }
    return render(request, "requests/complete.html", context)


@social_worker_required
def correct(request, number):
    """Correct what was sent: all of it until a laptop is kept, then where the parcel goes."""
    device_request = fetch(request, number, "recipient")
    if not device_request.correctable:
        return too_late(request, device_request)
    AuditEntry.objects.record("read_recipient", device_request.number, by=request.user)
    is_sent = request.method == "POST"
    typed = (request.POST, request.FILES) if is_sent else ()
    form = CorrectForm(*typed, user=request.user, device_request=device_request)
    if is_sent and form.is_valid():
        file = form.cleaned_data.get("proof")
        action = partial(
            actions.correct,
            device_request,
            answers=form.answers,
            proof=file.read() if file else b"",
            seen=request.POST.get("seen", ""),
            place_confirmed=form.is_place_asked,
            by=request.user,
        )
        changed = attempt(form, action)
        if form.is_valid():
            sentence = _("%(number)s is corrected.") if changed else _("%(number)s is as it was: nothing was changed.")
            messages.success(request, sentence % {"number": device_request})
            return redirect(device_request)
        device_request = fetch(request, number, "recipient")  # as it stands, and not as it was refused
    context = {
        "device_request": device_request,
        "person": device_request.recipient,
        "delivery": _delivery(device_request, request.user),
        "form": form,
        "seen": fingerprint(device_request),
    }
    return render(request, "requests/correct.html", context)


@require_POST
@social_worker_required
def approve(request, number):
    device_request = fetch(request, number)
    actions.approve(device_request, by=request.user)
    messages.success(request, _("Approved. %(number)s is in the queue.") % {"number": device_request})
    return redirect(device_request)


@social_worker_required
def decline(request, number):
    """Say no, with a reason; the page asks for it."""
    device_request = fetch(request, number)
    if request.method != "POST" and not device_request.allows("decline"):
        return too_late(request, device_request)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.decline, device_request, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, _("%(number)s is declined.") % {"number": device_request})
            return redirect(device_request)
    return render(request, "requests/decline.html", {"device_request": device_request, "form": form})


@social_worker_required
def withdraw(request, number):
    """Take a request back; the page says first what that does."""
    device_request = fetch(request, number)
    if request.method != "POST" and not device_request.allows("withdraw"):
        return too_late(request, device_request)
    if request.method == "POST":
        actions.withdraw(device_request, by=request.user)
        messages.success(request, _("%(number)s is withdrawn.") % {"number": device_request})
        return redirect(device_request)
    return render(request, "requests/withdraw.html", {"device_request": device_request})


def too_late(request, device_request):
    """Nothing to fill in for a step that would be refused."""
    words = {"record": device_request, "status": device_request.get_status_display()}
    messages.info(request, _("%(record)s is “%(status)s”: this step can’t follow.") % words)
    return redirect(device_request)
