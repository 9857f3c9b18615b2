from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import admin_required, signed_in
from web.forms import attempt
from web.pagination import paginate, parse_key

from . import actions
from .access import inviter_required, partner_reader_required, reads_requests
from .forms import (
    POSTCODE,
    AgreementForm,
    BillToForm,
    FilterForm,
    InviteForm,
    PartnerForm,
    communes_in,
    main_communes_in,
    unknown_postcodes,
)
from .lifecycle import PartnerStatus
from .middleware import SESSION_KEY
from .models import Locality, Membership, Partner
from .tables import COLUMNS


@partner_reader_required
def index(request):
    """The organisations, newest first, by status and by name or town; a member's own at once."""
    if request.user.acting_for:
        return redirect(request.user.acting_for)
    partners = Partner.objects.visible_to(request.user)
    form = FilterForm(request.GET)
    form.is_valid()  # what is no filter is left out, the other one still holds
    words, status = form.cleaned_data.get("q"), form.cleaned_data.get("status")
    if words:
        partners = partners.filter(Q(name__icontains=words) | Q(town__icontains=words))
    if status:
        partners = partners.filter(status=status)
    page = paginate(partners, request.GET)
    context = {"form": form, "page": page, "columns": COLUMNS, "filtered": bool(words or status)}
    return render(request, "partners/list.html", context)


@admin_required
def create(request):
    """Take on an organisation with who pays, on one page; "find" looks up its communes and keeps what was typed."""
    if "find" in request.POST:
        typed = {name: request.POST.get(name, "") for name in request.POST}
        ticked = [*request.POST.getlist("communes"), *main_communes_in(typed.get("area") or typed.get("postcode", ""))]
        form = PartnerForm(initial=typed | {"communes": ticked})
        bill_to = BillToForm(initial=_unprefixed(request.POST), prefix="pays")
    elif request.method == "POST":
        form = PartnerForm(request.POST)
        bill_to = BillToForm(_as_the_partner(request.POST), prefix="pays")
        valid = form.is_valid() & bill_to.is_valid()
        bill_to.leave_to(form)
        if valid:
            action = partial(
                actions.create, form.instance, bill_to.instance, list(form.cleaned_data["communes"]), by=request.user
            )
            if partner := attempt(form, action):
                messages.success(request, _("Admitted. Next: record the signed agreement and invite the first person."))
                return redirect(partner)
    else:
        form, bill_to = PartnerForm(), BillToForm(prefix="pays")
    return render(request, "partners/create.html", {"form": form, "bill_to": bill_to})


def _unprefixed(typed):
    return {name.removeprefix("pays-"): typed[name] for name in typed if name.startswith("pays-")}


def _as_the_partner(typed):
    """What was typed, with an empty name or address of the payer filled from the organisation's."""
    filled = typed.copy()
    if not filled.get("pays-name"):
        filled["pays-name"] = filled.get("name", "")
    if not any(filled.get(f"pays-{name}") for name in ("street", "postcode", "town")):
        for name in ("street", "house_number", "postcode", "town"):
            filled[f"pays-{name}"] = filled.get(name, "")
    return filled


@partner_reader_required
def detail(request, pk):
    """How an organisation stands, who pays, what was signed and who works there."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    context = {
        "partner": partner,
        "delivery": Partner.Delivery(partner.delivery).label_for(request.user),
        "bill_tos": partner.bill_tos.filter(is_active=True),
        "agreements": partner.agreements.all(),
        "coverage": partner.coverage.live().select_related("commune"),
        "members": (partner.memberships.live() | partner.memberships.pending()).select_related("user").order_by("pk"),
        "may_admit": partner.status == PartnerStatus.APPLIED and request.user.has_role("admin"),
        "may_change": partner.takes_part and request.user.has_role("admin"),
        "may_read_requests": reads_requests(request.user),
        "may_invite": partner.takes_part and inviter_required.allowed(request.user),
    }
    return render(request, "partners/detail.html", context)


@require_POST
@admin_required
def admit(request, pk):
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    actions.admit(partner, by=request.user)
    messages.success(request, _("Admitted. Next: record the signed agreement and invite the first person."))
    return redirect(partner)


@admin_required
def decline(request, pk):
    """Say no to an organisation that applied; the page says first what that does."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        actions.decline(partner, by=request.user)
        messages.success(request, _("%(partner)s is declined.") % {"partner": partner})
        return redirect(partner)
    if partner.status != PartnerStatus.APPLIED:
        return redirect(partner)
    return render(request, "partners/decline.html", {"partner": partner})


@admin_required
def record_agreement(request, pk):
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.record_agreement, partner, form.instance, by=request.user))
        if form.is_valid():
            if partner.is_active:
                messages.success(request, _("Recorded. The organisation’s approvals now reach the queue."))
            else:
                messages.success(request, _("Recorded. The organisation stays suspended: its requests pause."))
            return redirect(partner)
    return render(request, "partners/record_agreement.html", {"partner": partner, "form": form})


@inviter_required
def invite(request, pk):
    """Ask a person to work for the organisation; the mail that leads in goes out in that person's language."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"role": "social_worker"})
    if request.method == "POST" and form.is_valid():
        gets_mail = attempt(form, partial(actions.invite, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            words = {"email": form.cleaned_data["email"]}  # as typed: whose it is, the account says to nobody else
            if gets_mail:
                messages.success(request, _("An invitation was sent to %(email)s.") % words)
            else:
                messages.info(request, _("%(email)s has this role already.") % words)
            return redirect(partner)
    return render(request, "partners/invite.html", {"partner": partner, "form": form})


@require_POST
@signed_in
def accept_invitation(request, pk):
    """Take the role that one was invited to, and work for that organisation from now on."""
    membership = get_object_or_404(request.user.memberships, pk=pk)
    actions.accept_invitation(membership, by=request.user)
    request.session[SESSION_KEY] = membership.partner_id
    words = {"partner": membership.partner, "role": membership.get_role_display()}
    messages.success(request, _("You now work for %(partner)s: %(role)s.") % words)
    return redirect("home")


@require_POST
@signed_in
def decline_invitation(request, pk):
    actions.decline_invitation(get_object_or_404(request.user.memberships, pk=pk), by=request.user)
    return redirect("home")


@require_POST
@inviter_required
def end_access(request, pk):
    """Take a colleague's role or invitation back."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    actions.end_access(membership, by=request.user)
    words = {"name": membership.shown_name, "role": membership.get_role_display()}
    if membership.is_pending:
        messages.success(request, _("The invitation of %(name)s is taken back: %(role)s.") % words)
    else:
        messages.success(request, _("%(name)s has no access as %(role)s any more.") % words)
    return redirect(membership.partner)


@require_POST
@signed_in
def act_for(request):
    """Go on working for another of one's organisations."""
    partner = get_object_or_404(Partner.objects.of_member(request.user), pk=parse_key(request.POST.get("partner")))
    request.session[SESSION_KEY] = partner.pk
    return redirect("home")


@signed_in
def places(request):
    """The places and communes of postcodes, the largest share first: JSON, a choice of communes, or town names."""
    text = request.GET.get("area") or request.GET.get("postcode", "")
    if request.GET.get("as") == "communes":
        ticked = [*request.GET.getlist("communes"), *map(str, main_communes_in(text))]
        context = {"communes": communes_in(text), "ticked": ticked, "unknown": unknown_postcodes(text)}
        return render(request, "partners/_places.html", context)
    found = Locality.objects.suggest(*POSTCODE.findall(text)[:20])
    if "application/json" in request.headers.get("Accept", ""):
        rows = [
            {
                "postcode": place.postcode,
                "locality": place.name,
                "bfs_no": place.commune_id,
                "commune": place.commune.name,
                "canton": place.commune.canton,
                "share": float(place.share),
            }
            for place in found
        ]
        return JsonResponse({"places": rows})
    return render(request, "partners/_towns.html", {"towns": dict.fromkeys(place.name for place in found)})
