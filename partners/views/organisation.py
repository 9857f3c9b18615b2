"""Pages of an organisation: the list, its own page, its data, how it pauses and ends."""

from functools import partial

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.access import (
    editor_required,
    inviter_required,
    manager_required,
    partner_reader_required,
    reads_requests,
)
from partners.communes import communes_in, main_communes_in, things_in, unknown_in
from partners.forms import (
    BillToForm,
    CoverageForm,
    EditForm,
    EndForm,
    FilterForm,
    GiveNoticeForm,
    HouseRulesForm,
    MessageForm,
    PartnerForm,
)
from partners.lifecycle import READING, PartnerStatus
from partners.models import AgreementVersion, BillTo, Commune, Locality, Partner
from partners.standouts import stand_outs
from partners.tables import COLUMNS
from partners.tabs import tabs_for
from partners.timeline import rows_of
from people.access import admin_required, public
from web.forms import attempt
from web.pagination import paginate

from .applications import conversation
from .payer import as_the_organisation, found_communes, unprefixed


@partner_reader_required
def index(request):
    """The organisations, newest first, by what they are, where they are and their words; a member's own at once."""
    if request.user.acting_for:
        return redirect(request.user.acting_for)
    partners = Partner.objects.visible_to(request.user)
    form = FilterForm(request.GET)
    form.is_valid()  # what is no filter is left out, the other one still holds
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    if words := chosen.get("q"):
        partners = partners.found_by(words)
    if canton := chosen.get("canton"):
        partners = partners.speaking_for(Commune.objects.filter(canton=canton))
    partners = partners.filter(**{name: chosen[name] for name in ("status", "kind") if name in chosen})
    page = paginate(partners, request.GET)
    context = {"form": form, "page": page, "columns": COLUMNS, "filtered": bool(chosen)}
    return render(request, "partners/list.html", context)


@admin_required
def create(request):
    """Take on an organisation with who pays, on one page; "find" looks up its communes and keeps what was typed."""
    if "find" in request.POST:
        form = PartnerForm(initial=found_communes(request, main_communes_in))
        bill_to = BillToForm(initial=unprefixed(request.POST), prefix="pays")
    elif request.method == "POST":
        form = PartnerForm(request.POST)
        bill_to = BillToForm(as_the_organisation(request.POST), prefix="pays")
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


@partner_reader_required
def detail(request, pk):
    """How an organisation stands, who pays, what was signed and who works there."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    user = request.user
    is_admin, signs = user.has_role("admin"), manager_required.allowed(user) and not user.acts_on_behalf
    version = AgreementVersion.objects.current()
    agreements = list(partner.agreements.select_related("countersigned_by"))
    standing = [row for row in agreements if not row.set_aside_at]
    latest = max(standing, key=lambda row: row.pk, default=None)
    is_signed = version is not None and any(row.version == version.number for row in standing)
    application = partner.applications.order_by("pk").last() if is_admin else None
    is_due = partner.takes_part and partner.is_check_due
    context = {
        "partner": partner,
        "tabs": None if user.acting_for else tabs_for(partner, user, "overview"),
        "delivery": Partner.Delivery(partner.delivery).label_for(user),
        "bill_tos": _bill_tos(partner, may_edit=editor_required.allowed(user)),
        "agreements": agreements,
        "to_countersign": latest if latest and not latest.is_countersigned and is_admin else None,
        "version": version,
        "has_intake": partner.intake_links.open().exists() if editor_required.allowed(user) else None,
        "coverage": partner.coverage.live().select_related("commune").order_by("commune__name"),
        "members": (partner.memberships.live() | partner.memberships.pending()).select_related("user").order_by("pk"),
        "application": application,
        "stand_outs": stand_outs(application) if application and partner.status == PartnerStatus.APPLIED else [],
        "lacks": partner.lacks(),
        "entries": conversation(partner, user),
        "message_form": MessageForm(),
        "timeline": rows_of(partner, user),
        "may_admit": partner.status == PartnerStatus.APPLIED and is_admin,
        "may_change": partner.takes_part and is_admin,
        "may_edit": editor_required.allowed(user) and (is_admin or partner.status != PartnerStatus.ENDED),
        "may_give_notice": editor_required.allowed(user) and not user.acts_on_behalf and partner.allows("end"),
        "may_take_back": editor_required.allowed(user) and (is_admin or partner.end_reason == "by_organisation"),
        "may_cover": is_admin and partner.takes_part,
        "may_sign": signs and partner.takes_part and version is not None and not is_signed,
        "may_check": bool(user.acting_for) and editor_required.allowed(user) and is_due,
        "may_read_requests": reads_requests(user),
        "may_invite": partner.takes_part and inviter_required.allowed(user),
        "may_write": inviter_required.allowed(user),
        # Since it takes part, both sides write where the desk sees it.
        "may_send": inviter_required.allowed(user) and not user.acts_on_behalf and not partner.takes_part,
        "may_act_on_behalf": is_admin and partner.status in READING,
    }
    return render(request, "partners/detail.html", context)


@editor_required
def edit(request, pk):
    """An organisation's data: by its managers, and all of it by the association's admins."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    is_by_association = not request.user.acting_for
    form = EditForm(request.POST or None, instance=partner, is_by_association=is_by_association)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.edit, partner, form.changed_data, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept."))
            return redirect(partner)
    return render(request, "partners/edit.html", {"partner": partner, "form": form})


@editor_required
def house_rules(request, pk):
    """An organisation's own rules for its requests."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = HouseRulesForm(request.POST or None, instance=partner)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.set_house_rules, partner, form.changed_data, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept. It holds from now on."))
            return redirect(partner)
    return render(request, "partners/house_rules.html", {"partner": partner, "form": form})


def _bill_to_page(request, partner, bill_to):
    form = BillToForm(request.POST or None, instance=bill_to)
    if request.method == "POST" and form.is_valid():
        changed = form.changed_data
        if "stop" in request.POST or "start" in request.POST:
            form.instance.is_active = "start" in request.POST
            changed = [*changed, "is_active"]
        attempt(form, partial(actions.edit_bill_to, form.instance, changed, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept."))
            return redirect(partner)
    return render(request, "partners/edit_bill_to.html", {"partner": partner, "bill_to": bill_to, "form": form})


@editor_required
def new_bill_to(request, pk):
    """One more unit that pays."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    return _bill_to_page(request, partner, BillTo(partner=partner, language=partner.language))


@editor_required
def edit_bill_to(request, pk):
    """A unit that pays: address, e-mail, references; or that it pays no longer."""
    bill_to = get_object_or_404(BillTo.objects.visible_to(request.user).select_related("partner"), pk=pk)
    return _bill_to_page(request, bill_to.partner, bill_to)


@admin_required
def edit_coverage(request, pk):
    """For which communes an organisation speaks, from today on."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if "find" in request.POST:
        form = CoverageForm(initial=found_communes(request, main_communes_in))
    elif request.method == "POST":
        form = CoverageForm(request.POST)
        if form.is_valid():
            communes = form.cleaned_data["communes"]
            attempt(form, partial(actions.edit_coverage, partner, communes, by=request.user))
            if form.is_valid():
                messages.success(request, _("Kept. It holds from today on."))
                return redirect(partner)
    else:
        live = partner.coverage.live().values_list("commune", flat=True)
        form = CoverageForm(initial={"communes": list(live)})
    return render(request, "partners/edit_coverage.html", {"partner": partner, "form": form})


def _bill_tos(partner, *, may_edit):
    """Who pays; who may let a unit pay again also sees those that pay no longer."""
    found = partner.bill_tos.order_by("-is_active", "pk")
    return found if may_edit else found.filter(is_active=True)


@require_POST
@editor_required
def check_data(request, pk):
    """Say that the organisation's data are still right."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    actions.check_data(partner, by=request.user)
    messages.success(request, _("Thank you. We ask again in a year."))
    return redirect(partner)


@admin_required
def suspend(request, pk):
    """Let an organisation's approved requests rest; the page says first what that does."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        actions.suspend(partner, by=request.user)
        messages.success(request, _("%(partner)s is suspended: its requests rest.") % {"partner": partner})
        return redirect(partner)
    if not partner.is_active:
        return redirect(partner)
    return render(request, "partners/suspend.html", {"partner": partner})


@require_POST
@admin_required
def resume(request, pk):
    """Let a suspended organisation's requests go on."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    actions.resume(partner, by=request.user)
    messages.success(request, _("%(partner)s is active again: its requests go on.") % {"partner": partner})
    return redirect(partner)


@admin_required
def end(request, pk):
    """End an organisation's agreement; the page says first what that does."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.end, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, _("The agreement with %(partner)s has ended.") % {"partner": partner})
            return redirect(partner)
    if request.method != "POST" and not partner.allows("end"):
        return redirect(partner)
    return render(request, "partners/end.html", {"partner": partner, "form": form})


@editor_required
def give_notice(request, pk):
    """Have an agreement end with a day, by the organisation or the association; the page says first what that does."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not partner.allows("end"):
        return redirect(partner)
    typed = request.POST if request.method == "POST" else None
    form = GiveNoticeForm(typed, is_by_association=not request.user.acting_for)
    if typed is not None and form.is_valid():
        attempt(form, partial(actions.give_notice, partner, by=request.user, **form.cleaned_data))
        if form.is_valid():
            day = {"day": date_format(form.cleaned_data["ends_on"])}
            messages.success(request, _("The agreement ends on %(day)s. Until then all goes on.") % day)
            return redirect(partner)
    return render(request, "partners/give_notice.html", {"partner": partner, "form": form})


@require_POST
@editor_required
def take_back_notice(request, pk):
    """Let an agreement that is under notice go on."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    actions.take_back_notice(partner, by=request.user)
    messages.success(request, _("The notice is taken back: the agreement goes on."))
    return redirect(partner)


@public
def places(request):
    """The places and communes of postcodes, the largest share first: JSON, a choice of communes, or town names."""
    text = request.GET.get("area") or request.GET.get("postcode", "")
    if request.GET.get("as") == "communes":
        ticked = [*request.GET.getlist("communes"), *map(str, main_communes_in(text, request.GET.get("town", "")))]
        context = {"communes": communes_in(text), "ticked": ticked, "unknown": unknown_in(text)}
        return render(request, "partners/_places.html", context)
    found = Locality.objects.suggest(*things_in(text))
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
