import uuid
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from devices.models import Device
from documents import views as documents
from documents.templatetags.swiss import phone
from partners.access import request_reader_required, social_worker_required
from partners.models import Partner, Tariff
from people.access import dispatcher_required
from people.forms import attempt
from people.keyset import MANY, chips, key_of, page_of
from people.models import AuditEntry

from . import actions
from .forms import TYPED, DeclineForm, FilterForm, NameForm, RequestForm
from .matching import Laptop, Wish, propose
from .models import DeviceRequest, RequestDraft
from .models.device_request import whole_number
from .next import acts, next_for
from .reasons import SUITS, WAITS
from .story import story

Status = DeviceRequest.Status
VIEWS = {
    "needs-us": gettext_lazy("Needs us"),
    "recent": gettext_lazy("Last 30 days"),
    "on-the-way": gettext_lazy("On the way"),
    "all": gettext_lazy("Everything"),
}
NEEDS_PARTNER = [Status.RECEIVED]
NEEDS_ASSOCIATION = [Status.APPROVED, Status.RETURNED, Status.LOST]
FREE = {Status.DECLINED, Status.REJECTED, Status.WITHDRAWN}
ON_THE_WAY = [Status.APPROVED, Status.ALLOCATED, Status.SHIPPED]


@request_reader_required
def index(request):
    """The requests this person may see, newest first: saved views, filters in the address, never a name."""
    params = request.GET
    form = FilterForm(params)
    form.is_valid()  # what is no filter is left out, the other one still holds
    words, status = form.cleaned_data.get("q"), form.cleaned_data.get("status")
    chosen = params.get("view") if params.get("view") in VIEWS else "all" if words or status else "recent"
    found = _of_view(DeviceRequest.objects.visible_to(request.user), chosen, request.user)
    if words:
        found = found.matching_words(words)
    if status:
        found = found.filter(status=status)
    if partner := _partner_of(params, request.user):
        found = found.filter(partner=partner)
    page = page_of(found.select_related("recipient", "partner"), params)
    context = {
        "page": page,
        "lines": _lines(page.rows, request.user),
        "form": form,
        "kept": [(name, params[name]) for name in ("view", "partner", "rows") if params.get(name)],
        "filtered": bool(words or status or partner),
        "views": _tabs(request.user, chosen, partner),
        "chips": chips(params, {"partner": partner, "q": words, "status": status and Status(status).label}),
    }
    return render(request, "requests/list.html", context | {"name_form": NameForm()})


def _partner_of(params, user):
    """The organisation whose requests are asked for, or None if this person sees none of that key."""
    return Partner.objects.visible_to(user).filter(pk=key_of(params.get("partner"))).first()


def _tabs(user, chosen, partner=None):
    """The saved views, of one organisation if one was asked for, and the drafts of who has any."""
    page, of = reverse("requests:list"), f"&partner={partner.pk}" if partner else ""
    tabs = [{"label": label, "url": f"{page}?view={key}{of}", "current": key == chosen} for key, label in VIEWS.items()]
    if chosen == "drafts" or RequestDraft.objects.visible_to(user).exists():
        tabs.append({"label": _("Drafts"), "url": reverse("requests:drafts"), "current": chosen == "drafts"})
    return tabs


def _of_view(found, view, user):
    if view == "needs-us":
        return found.filter(status__in=NEEDS_PARTNER if user.acting_for else NEEDS_ASSOCIATION)
    if view == "on-the-way":
        return found.filter(status__in=ON_THE_WAY)
    if view == "recent":
        return found.filter(received_at__gte=timezone.now() - timedelta(days=30))
    return found


def _lines(rows, user):
    steps = [(row, next_for(row)) for row in rows]
    return [{"request": row, "next": step, "is_my_turn": acts(step, user)} for row, step in steps]


@request_reader_required
def search(request):
    """A number or case reference leads to its request, or to the list of those that hold it.

    A name leads to a list without an address of its own; switching the language there goes back to all requests.
    """
    form = NameForm(request.POST)
    if not form.is_valid():
        return redirect("requests:list")
    words = form.cleaned_data["name"]
    visible = DeviceRequest.objects.visible_to(request.user)
    hits = list(visible.filter(Q(number=whole_number(words)) | Q(case_reference__iexact=words))[:2])
    if len(hits) == 1:
        return redirect(hits[0])
    if any(sign.isdigit() for sign in words) and visible.matching_words(words).exists():  # so it is no name
        return redirect(f"{reverse('requests:list')}?{urlencode({'q': words})}")
    people = visible.of_person(words).select_related("recipient", "partner").order_by("-pk")[:MANY]
    rows = list(people) or list(
        visible.matching_words(words).select_related("recipient", "partner").order_by("-pk")[:MANY]
    )
    return render(request, "requests/search.html", {"lines": _lines(rows, request.user), "name_form": form})


@social_worker_required
def drafts(request):
    """One's own unfinished forms, the last written first."""
    rows = RequestDraft.objects.visible_to(request.user)[:MANY]
    return render(request, "requests/drafts.html", {"drafts": rows, "views": _tabs(request.user, "drafts")})


@social_worker_required
def new(request):
    """An empty form; its address carries the token that makes sending it twice the same as once."""
    return _write(request, RequestForm(user=request.user), uuid.uuid4(), None)


@social_worker_required
def draft(request, token):
    """Keep what was typed, whatever it is; go on to the check when it is complete."""
    if sent := DeviceRequest.objects.visible_to(request.user).filter(form_token=token).first():
        return HttpResponse(status=204) if "typing" in request.POST else redirect(sent)
    kept = RequestDraft.objects.visible_to(request.user).select_related("proof").filter(token=token).first()
    if request.method == "POST":
        return _keep(request, token, has_proof=bool(kept and kept.proof_id))
    if kept is None:
        raise Http404
    answers = {"data": kept.answers} if "again" in request.GET else {"initial": kept.answers}
    form = RequestForm(**answers, user=request.user, has_proof=bool(kept.proof_id))
    return _write(request, form, token, kept)


def _keep(request, token, *, has_proof):
    """Keep the form; "typing" is sent in passing, while it is written, and needs no page in return."""
    typing = "typing" in request.POST
    if typing and not any(request.POST.get(name, "").strip() for name in TYPED):
        return HttpResponse(status=204)  # an empty form is no draft
    form = RequestForm(request.POST, request.FILES, user=request.user, has_proof=has_proof)
    complete = form.is_valid()
    answers = {  # whatever was typed, but for the NUL that Postgres can't keep
        name: request.POST.get(name, "").replace("\0", "")[:200] for name in form.fields if name != "proof"
    }
    file = form.cleaned_data.get("proof")
    content = file.read() if file else b""
    kept = attempt(form, partial(actions.keep_draft, token, answers=answers, proof=content, by=request.user))
    if kept is None:
        return _not_kept(request, token, typing=typing)
    if typing:
        return render(request, "requests/_kept.html", {"draft": kept})
    if "keep" in request.POST:
        messages.success(request, _("Your draft is kept for 30 days. Only you see it."))
        return redirect("requests:draft", token)
    return redirect("requests:check", token) if complete else _write(request, form, token, kept)


def _not_kept(request, token, *, typing):
    """The form was sent meanwhile, from another tab perhaps; or it is somebody else's."""
    if typing:
        return HttpResponse(status=204)
    return redirect(get_object_or_404(DeviceRequest.objects.visible_to(request.user), form_token=token))


def _write(request, form, token, kept):
    partner = request.user.acting_for
    chosen = form["delivery"].value()
    delivery = chosen if chosen in Partner.Delivery.values else partner.delivery
    price = Tariff.objects.price_for(tier=partner.tier, delivery=delivery)
    context = {"form": form, "token": token, "draft": kept, "partner": partner, "price": price}
    return render(request, "requests/new.html", context)


@social_worker_required
def check(request, token):
    """Everything once more before it leaves; "approve" and "send" are idempotent by the draft's token."""
    if sent := DeviceRequest.objects.visible_to(request.user).filter(form_token=token).first():
        if request.POST.get("verb") == "approve":
            actions.approve(sent, by=request.user)
        return redirect(sent)
    kept = get_object_or_404(
        RequestDraft.objects.visible_to(request.user).select_related("partner", "proof"), token=token
    )
    form = RequestForm(kept.answers, user=request.user, has_proof=bool(kept.proof_id))
    if not form.is_valid():
        return redirect(reverse("requests:draft", args=[token]) + "?again=1")
    if request.method == "POST":
        approving = request.POST.get("verb") == "approve"
        deed = partial(
            actions.send_draft, kept, recipient=form.person, approving=approving, by=request.user, **form.wish
        )
        if device_request := attempt(form, deed):
            if approving:
                messages.success(request, _("Sent. %(number)s is in the queue.") % {"number": device_request})
            else:
                messages.success(request, _("Kept as received. Nothing goes out before you approve it."))
            return redirect(device_request)
    partner = kept.partner
    context = {
        "draft": kept,
        "form": form,
        "groups": _summary(form, kept),
        "partner": partner,
        "price": Tariff.objects.price_for(tier=partner.tier, delivery=form.cleaned_data["delivery"]),
    }  # fmt: skip
    return render(request, "requests/check.html", context)


@social_worker_required
def discard(request, token):
    """Throw an unfinished form of one's own away; the page says first what that does."""
    if request.method == "POST":
        if actions.discard_draft(token, by=request.user):
            messages.success(request, _("The draft is discarded."))
        return redirect("requests:drafts")
    kept = get_object_or_404(RequestDraft.objects.visible_to(request.user), token=token)
    return render(request, "requests/discard.html", {"draft": kept})


def _summary(form, kept):
    """The answers as facts with a link to change each that was asked."""
    answers = form.cleaned_data
    page = reverse("requests:draft", args=[kept.token])

    def fact(term, value, name):
        bound = form[name]
        target = bound.id_for_label or f"{bound.auto_id}_0"  # a group's label has no control of its own
        return (term, value or _("Not given"), "" if bound.is_hidden else f"{page}#{target}")

    def word(name):
        return dict(form.fields[name].choices).get(answers[name], "")

    partner = kept.partner
    to_office = answers["delivery"] == "office"
    place = partner if to_office else None
    street, house, postcode, town = (
        getattr(place, name) if place else answers[name] for name in ("street", "house_number", "postcode", "town")
    )
    person = [
        fact(_("Name"), f"{answers['first_name']} {answers['last_name']}", "first_name"),
        fact(_("Year of birth"), answers["birth_year"], "birth_year"),
        fact(_("Case reference"), answers["case_reference"], "case_reference"),
    ]
    delivery = [
        fact(_("Delivery"), word("delivery"), "delivery"),
        fact(_("Address"), f"{street} {house}\n{postcode} {town}", "street"),
        fact(_("Mobile"), phone(answers["mobile"]), "mobile"),
        fact(_("Language"), word("language"), "language"),
    ]
    laptop = [fact(_("Purpose"), word("purpose"), "purpose"), fact(_("System"), word("system"), "system")]
    if kept.proof and answers["system"] == Device.System.WINDOWS:
        laptop.append(fact(_("Proof"), f"{kept.proof.name}, {kept.proof.size // 1024 + 1} KB", "proof"))
    laptop.append(fact(_("Keyboard"), word("keyboard"), "keyboard"))
    cost = [
        fact(_("Commune"), str(answers["commune"]), "commune"),
        fact(_("Who pays"), str(answers["bill_to"]), "bill_to"),
    ]
    return [(_("Person"), person), (_("Delivery"), delivery), (_("Laptop"), laptop), (_("Cost"), cost)]


def _fetch(request, number, *related):
    return get_object_or_404(
        DeviceRequest.objects.visible_to(request.user).select_related("partner", *related), number=number
    )


def _price_of(device_request):
    """What approving it now would fix."""
    return device_request.price or Tariff.objects.price_for(
        tier=device_request.partner.tier, delivery=device_request.delivery
    )


@request_reader_required
def detail(request, number):
    """Where the laptop is: what comes next and who acts, the way so far, person, laptop, contribution."""
    device_request = _fetch(request, number, "recipient", "bill_to", "commune", "approved_by")
    allocation = device_request.allocations.live().select_related("device").first()
    steps = list(device_request.steps.select_related("by"))
    user, status = request.user, device_request.status
    if not device_request.recipient.erased_at:
        AuditEntry.objects.note("read_recipient", device_request.number, by=user)
    following = next_for(device_request)
    may_decide = bool(user.acting_for) and status == Status.RECEIVED
    context = {
        "device_request": device_request,
        "person": device_request.recipient,
        "device": allocation.device if allocation else None,
        "next": following,
        "is_my_turn": acts(following, user),
        "act_url": reverse(following.page) if following.page else "",
        "timeline": story(device_request, steps, user=user),
        "may_decide": may_decide,
        "price": _price_of(device_request) if may_decide else device_request.price,
        "is_free": status in FREE,
        "may_withdraw": bool(user.acting_for) and status in actions.UNTIL_HAND_OVER,
        "may_release": user.has_role("dispatcher", "admin") and status == Status.ALLOCATED,
    }
    return render(request, "requests/detail.html", context)


@request_reader_required
def proof(request, number):
    """The proof that Windows is needed, for who may read the request."""
    device_request = _fetch(request, number, "proof")
    if device_request.proof is None:
        raise Http404
    AuditEntry.objects.note("read_recipient", device_request.number, by=request.user)
    return documents.send(device_request.proof)


@require_POST
@social_worker_required
def approve(request, number):
    device_request = _fetch(request, number)
    actions.approve(device_request, by=request.user)
    messages.success(request, _("Approved. %(number)s is in the queue.") % {"number": device_request})
    return redirect(device_request)


def _too_late(request, device_request):
    """Nothing to fill in for a step that would be refused."""
    words = {"record": device_request, "status": device_request.get_status_display()}
    messages.info(request, _("%(record)s is “%(status)s”: this step can’t follow.") % words)
    return redirect(device_request)


@social_worker_required
def decline(request, number):
    """Say no, with a reason; the page asks for it."""
    device_request = _fetch(request, number)
    if request.method != "POST" and device_request.status != Status.RECEIVED:
        return _too_late(request, device_request)
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
    device_request = _fetch(request, number)
    if request.method != "POST" and device_request.status not in actions.UNTIL_HAND_OVER:
        return _too_late(request, device_request)
    if request.method == "POST":
        actions.withdraw(device_request, by=request.user)
        messages.success(request, _("%(number)s is withdrawn.") % {"number": device_request})
        return redirect(device_request)
    return render(request, "requests/withdraw.html", {"device_request": device_request})


@dispatcher_required
def queue(request):
    """Each waiting request in its turn with the laptop proposed for it, and why."""
    queued = DeviceRequest.objects.visible_to(request.user).queued()
    waiting = list(queued.select_related("partner")[:MANY])
    ready = {device.pk: device for device in Device.objects.visible_to(request.user).ready().order_by("pk")}
    wishes = [Wish(row.pk, row.system, row.keyboard) for row in waiting]
    laptops = [Laptop(row.pk, row.system, row.keyboard, row.memory_gb, row.grade) for row in ready.values()]
    lines = [
        {
            "request": row,
            "device": ready[proposal.laptop.key] if proposal.laptop else None,
            "reasons": [(SUITS if proposal.laptop else WAITS)[code] for code in proposal.reasons],
        }
        for row, proposal in zip(waiting, propose(wishes, laptops), strict=True)
    ]
    matched = sum(1 for line in lines if line["device"])
    context = {"lines": lines, "waiting": queued.count(), "matched": matched, "ready": len(ready)}
    return render(request, "requests/queue.html", context)


@require_POST
@dispatcher_required
def allocate(request, number):
    """Keep a laptop for a request: 201 with the allocation for programs, the queue for people."""
    device_request = _fetch(request, number)
    device = get_object_or_404(
        Device.objects.visible_to(request.user), number=request.POST.get("device", "").replace("\0", "").strip().upper()
    )
    allocation = actions.allocate(device_request, device, by=request.user)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"allocation": allocation.pk}, status=201)
    words = {"device": device, "number": device_request}
    messages.success(request, _("%(device)s is kept for %(number)s.") % words)
    return redirect("requests:queue")


@require_POST
@dispatcher_required
def release(request, number):
    device_request = _fetch(request, number)
    actions.release(device_request, by=request.user)
    messages.success(request, _("%(number)s is back in the queue, at its old place.") % {"number": device_request})
    return redirect(device_request)
