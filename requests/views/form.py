import uuid
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from documents.templatetags.swiss import phone, size
from partners.access import social_worker_required
from partners.models import Partner, Tariff
from people.models import AuditEntry
from requests import actions
from requests.correcting import what_was_sent
from requests.forms import TYPED, RequestForm
from requests.models import DeviceRequest, PersonMark, RequestDraft
from requests.models.recipient import PERSON
from requests.reasons import KNOWN
from web.forms import attempt

SHOWN_EARLIER = 5


ADDRESS = ("delivery", "street", "house_number", "postcode", "town", "language", "commune", "bill_to")
CARRIED = {  # by the name in the address; never a person's name where it is for another one
    "same-address": ADDRESS,
    "copy": (*PERSON, *ADDRESS, "case_reference", "purpose", "system", "keyboard"),
}


@social_worker_required
def new(request):
    """A new form at an address of its own, to which reload, Back and a new sign-in lead; sent twice it is as once.

    `same-address` or `copy` names a request of which it takes something over.
    """
    carried = {name: request.GET[name] for name in CARRIED if name in request.GET}
    return redirect(f"{reverse('requests:draft', args=[uuid.uuid4()])}{'?' if carried else ''}{urlencode(carried)}")


@social_worker_required
def draft(request, token):
    """Keep what was typed, whatever it is; go on to the check when it is complete.

    An untouched form is no draft: nothing is kept of it, and its address shows it again.
    """
    kept = RequestDraft.objects.visible_to(request.user).select_related("proof").filter(token=token).first()
    has_proof = bool(kept and kept.proof_id)
    if "keep" in request.POST or any(request.POST.get(name, "").strip() for name in TYPED):
        return _save_draft(request, token, has_proof=has_proof)  # unless it was sent, which is asked there
    if kept is None and (sent := DeviceRequest.objects.visible_to(request.user).filter(form_token=token).first()):
        return HttpResponse(status=204) if "typing" in request.POST else redirect(sent)
    if request.method == "POST":  # an empty form is no draft
        form = RequestForm(request.POST, request.FILES, user=request.user, has_proof=has_proof)
        return HttpResponse(status=204) if "typing" in request.POST else _render_form(request, form, token, None)
    if kept is None:
        if RequestDraft.objects.filter(token=token).exists() or DeviceRequest.objects.filter(form_token=token).exists():
            raise Http404
        form = RequestForm(user=request.user, initial=_carried_over(request))
        return _render_form(request, form, token, None)
    answers = {"data": kept.answers} if "again" in request.GET else {"initial": kept.answers}
    form = RequestForm(**answers, user=request.user, has_proof=has_proof)
    return _render_form(request, form, token, kept)


def _carried_over(request):
    """What a new form takes over from a request that its address names."""
    for name, fields in CARRIED.items():
        if number := request.GET.get(name):
            found = DeviceRequest.objects.visible_to(request.user).select_related("recipient")
            earlier = get_object_or_404(found, number=number, recipient__erased_at=None)
            AuditEntry.objects.record("read_recipient", earlier.number, by=request.user)
            sent = what_was_sent(earlier) | {"commune": earlier.commune_id, "bill_to": earlier.bill_to_id}
            return {field: sent[field] for field in fields}
    return {}


def _save_draft(request, token, *, has_proof):
    """Keep the form; "typing" is sent in passing, while it is written, and needs no page in return."""
    typing = "typing" in request.POST
    form = RequestForm(request.POST, request.FILES, user=request.user, has_proof=has_proof)
    complete = form.is_valid()
    answers = {  # whatever was typed, but for the NUL that Postgres can't keep
        name: request.POST.get(name, "").replace("\0", "")[:200] for name in form.fields if name != "proof"
    }
    file = form.cleaned_data.get("proof")
    content = file.read() if file else b""
    kept = attempt(form, partial(actions.keep_draft, token, answers=answers, proof=content, by=request.user))
    if kept is None:
        return _redirect_to_sent_request(request, token, typing=typing)
    if typing:
        return render(request, "requests/_kept.html", {"draft": kept})
    if "keep" in request.POST:
        messages.success(request, _("Your draft is kept for 30 days. Only you see it."))
        return redirect("requests:draft", token)
    return redirect("requests:check", token) if complete else _render_form(request, form, token, kept)


def _redirect_to_sent_request(request, token, *, typing):
    """The form was sent meanwhile, from another tab perhaps; or it is somebody else's."""
    if typing:
        return HttpResponse(status=204)
    return redirect(get_object_or_404(DeviceRequest.objects.visible_to(request.user), form_token=token))


def _render_form(request, form, token, kept):
    partner = request.user.acting_for
    chosen = form["delivery"].value()
    delivery = chosen if chosen in Partner.Delivery.values else partner.delivery
    price = Tariff.objects.price_for(tier=partner.tier, delivery=delivery)
    context = {"form": form, "token": token, "draft": kept, "partner": partner, "price": price}
    return render(request, "requests/new.html", context)


@social_worker_required
def check(request, token):
    """Everything once more before it leaves; "approve" and "send" are idempotent by the draft's token."""
    kept = RequestDraft.objects.visible_to(request.user).select_related("proof").filter(token=token).first()
    if kept is None:  # what was sent leaves no draft
        sent = get_object_or_404(DeviceRequest.objects.visible_to(request.user), form_token=token)
        if request.POST.get("verb") == "approve":
            actions.approve(sent, by=request.user)
        return redirect(sent)
    form = RequestForm(kept.answers, user=request.user, has_proof=bool(kept.proof_id))
    if not form.is_valid():
        return redirect(reverse("requests:draft", args=[token]) + "?again=1")
    if request.method == "POST":
        approving = request.POST.get("verb") == "approve"
        action = partial(
            actions.send_draft,
            kept,
            seen=request.POST.get("seen", ""),
            recipient=form.person,
            approving=approving,
            by=request.user,
            known=request.POST.get("known", ""),
            **form.wish,
        )
        if device_request := attempt(form, action):
            if approving:
                messages.success(request, _("Sent. %(number)s is in the queue.") % {"number": device_request})
            else:
                messages.success(request, _("Kept as received. Nothing goes out before you approve it."))
            return redirect(device_request)
    partner = request.user.acting_for
    context = {
        "draft": kept,
        "form": form,
        "groups": _summary(form, kept, partner),
        "partner": partner,
        "earlier": PersonMark.objects.earlier(partner, form.person)[:SHOWN_EARLIER],
        "known": KNOWN.items(),
        "price": Tariff.objects.price_for(tier=partner.tier, delivery=form.cleaned_data["delivery"]),
    }
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


@social_worker_required
def discard_all(request):
    """Throw all of one's own unfinished forms away; the page says first how many."""
    kept = RequestDraft.objects.visible_to(request.user)
    if request.method == "POST":
        if count := actions.discard_drafts(by=request.user):
            sentence = ngettext("%(n)s draft is discarded.", "%(n)s drafts are discarded.", count)
            messages.success(request, sentence % {"n": count})
        return redirect("requests:drafts")
    count = kept.count()
    return render(request, "requests/discard_all.html", {"count": count}) if count else redirect("requests:drafts")


def _summary(form, kept, partner):
    """The answers as facts with a link to change each that was asked."""
    answers = form.cleaned_data
    page = reverse("requests:draft", args=[kept.token])

    def fact(term, value, name):
        bound = form[name]
        target = bound.id_for_label or f"{bound.auto_id}_0"  # a group's label has no control of its own
        return (term, value or _("Not given"), "" if bound.is_hidden else f"{page}#{target}")

    def word(name):
        return dict(form.fields[name].choices).get(answers[name], "")

    place = partner if answers["delivery"] == "office" else None
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
        laptop.append(fact(_("Proof"), f"{kept.proof.name}, {size(kept.proof.size // 1024 + 1, 'KB')}", "proof"))
    laptop.append(fact(_("Keyboard"), word("keyboard"), "keyboard"))
    cost = [
        fact(_("Commune"), str(answers["commune"]), "commune"),
        fact(_("Who pays"), str(answers["bill_to"]), "bill_to"),
    ]
    return [(_("Person"), person), (_("Delivery"), delivery), (_("Laptop"), laptop), (_("Cost"), cost)]
