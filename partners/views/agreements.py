"""Pages about the framework agreement: read, sign, countersign, and its versions."""

from dataclasses import replace
from functools import partial

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from documents import views as documents
from documents.exports import as_csv
from partners import actions
from partners.access import manager_required, partner_reader_required, signer_required
from partners.actions.agreements import text_for
from partners.agreement_text import blocks
from partners.forms import AgreementForm, SetAsideForm, SignForm, UploadForm, VersionForm
from partners.lifecycle import TAKING_PART, PartnerStatus
from partners.models import Agreement, AgreementPaper, AgreementVersion, Partner, sha256_of
from partners.signatures import signatures_of
from partners.tables import SIGNATURE_HEADINGS, SIGNATURES, signature_cells
from people.access import admin_required
from records import clock
from web.forms import attempt
from web.pagination import find_row, paginate, paginate_by

from .progress import pdf_progress

SHOWN = [("unsigned", _lazy("Not signed")), ("waiting", _lazy("To countersign")), ("signed", _lazy("Signed"))]


def _partner(request, pk):
    return get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)


def _current():
    version = AgreementVersion.objects.current()
    if version is None:
        raise Http404
    return version


@signer_required
def agreement_text(request, pk):
    """The current version in the organisation's words, to be read."""
    partner = _partner(request, pk)
    version = _current()
    signed = partner.agreements.standing().filter(version=version.number).first()
    text = signed.text if signed and signed.text else text_for(partner, version)
    context = {"partner": partner, "version": version, "blocks": blocks(text), "signed": signed}
    return render(request, "partners/agreement_text.html", context | {"may_sign": _may_sign(request.user, partner)})


def _may_sign(user, partner):
    return manager_required.allowed(user) and not user.acts_on_behalf and partner.takes_part


@manager_required
def sign(request, pk):
    """Sign on screen: the text, and under it who signs."""
    partner = _partner(request, pk)
    version = _current()
    if partner.agreements.standing().filter(version=version.number).exists():
        messages.info(request, _("Version %(number)s is signed.") % {"number": version})
        return redirect(partner)
    text = text_for(partner, version)
    typed = request.POST if request.method == "POST" else None
    form = SignForm(typed, initial={"name": str(request.user), "read": sha256_of(text)})
    if typed and form.is_valid():
        given = form.cleaned_data
        sign_now = partial(
            actions.sign,
            partner,
            version,
            read=given["read"],
            name=given["name"],
            function=given["function"],
            address=get_adapter().get_client_ip(request),
            by=request.user,
        )
        if attempt(form, sign_now):
            messages.success(request, _("Signed. The association countersigns, then your approvals reach the queue."))
            return redirect(partner)
        form.data = form.data.copy()
        form.data["read"] = sha256_of(text)
    context = {"partner": partner, "version": version, "blocks": blocks(text), "form": form, "lacks": partner.lacks()}
    return render(request, "partners/sign.html", context)


@manager_required
def upload_agreement(request, pk):
    """Hand in the paper that was signed by hand."""
    partner = _partner(request, pk)
    version = _current()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        hand_in = partial(
            actions.upload_agreement,
            partner,
            version,
            content=given["file"],
            signed_by=given["name"],
            function=given["function"],
            signed_on=given["signed_on"],
            by=request.user,
        )
        if attempt(form, hand_in):
            messages.success(request, _("Handed in. The association looks at it and countersigns."))
            return redirect(partner)
    return render(request, "partners/upload_agreement.html", {"partner": partner, "version": version, "form": form})


@signer_required
def paper(request, pk):
    """The current version as a PDF, with the signatures there are; until it is made a page that asks again."""
    partner = _partner(request, pk)
    number = request.GET.get("version", "")
    version = AgreementVersion.objects.filter(number=number).first() if number else _current()
    if version is None:
        raise Http404
    found = actions.plan_paper(partner, version)
    if found.file_id and not request.htmx:
        return documents.send(AgreementPaper.objects.visible_to(request.user).get(pk=found.pk).file)
    url = f"{request.path}?version={version.number}"
    progress = pdf_progress("paper", url, found, kind="partners.make_paper", is_made=bool(found.file_id))
    context = {"partner": partner, "version": version, **progress}
    return render(request, "partners/_pdf_progress.html" if request.htmx else "partners/paper.html", context)


@partner_reader_required
def agreement(request, pk):
    """One signed agreement: who, when, from where, the exact text, and whether it is still that text."""
    found = get_object_or_404(
        Agreement.objects.visible_to(request.user).select_related("partner", "countersigned_by"), pk=pk
    )
    context = {
        "agreement": found,
        "partner": found.partner,
        "blocks": blocks(found.text),
        "has_version": AgreementVersion.objects.filter(number=found.version).exists(),
        "may_countersign": found.may_be_set_aside and request.user.has_role("admin"),
    }
    return render(request, "partners/agreement.html", context)


@partner_reader_required
def signed_file(request, pk):
    """The paper that the organisation handed in."""
    found = get_object_or_404(Agreement.objects.visible_to(request.user), pk=pk, file__isnull=False)
    return documents.send(found.file)


@require_POST
@admin_required
def countersign(request, pk):
    """Sign for the association."""
    found = get_object_or_404(Agreement.objects.visible_to(request.user).select_related("partner"), pk=pk)
    if actions.countersign(found, by=request.user):
        messages.success(request, _("Countersigned. The organisation’s approvals now reach the queue."))
    return redirect(found.partner)


@admin_required
def record_agreement(request, pk):
    """Record an agreement that both sides have signed on paper."""
    partner = _partner(request, pk)
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


@admin_required
def set_aside(request, pk):
    """Set a wrong signature aside, with a reason that the organisation reads; it is asked for another one."""
    found = get_object_or_404(Agreement.objects.visible_to(request.user).select_related("partner"), pk=pk)
    form = SetAsideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.set_aside, found, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, _("Set aside. The organisation is asked to sign again."))
            return redirect(found.partner)
    if request.method != "POST" and not found.may_be_set_aside:
        return redirect("partners:agreement", pk=found.pk)
    return render(request, "partners/set_aside.html", {"agreement": found, "partner": found.partner, "form": form})


@admin_required
def to_countersign(request):
    """What organisations have signed and the association has not, the oldest first."""
    waiting = Agreement.objects.visible_to(request.user).to_countersign().select_related("partner")
    page = paginate_by("signed_on", waiting, request.GET)
    return render(request, "partners/to_countersign.html", {"page": page})


@admin_required
def versions(request):
    """The versions of the framework agreement, with how many have signed each."""
    taking_part = Partner.objects.filter(status__in=(PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED))
    rows = [
        {
            "version": version,
            "signed": Agreement.objects.standing().filter(version=version.number, partner__in=taking_part).count(),
        }
        for version in AgreementVersion.objects.select_related("by")
    ]
    return render(request, "partners/versions.html", {"rows": rows, "of": taking_part.count()})


@admin_required
def agreement_version(request, number):
    """One version: who has signed it and who not, and its text in each language."""
    version = get_object_or_404(AgreementVersion, number=number)
    found = {"unsigned": version.unsigned, "waiting": version.waiting, "signed": version.signed}
    show = request.GET.get("show", "")
    page = paginate(found.get(show, version.unsigned)(), request.GET)
    names = dict(settings.LANGUAGES)
    context = {
        "version": version,
        "texts": [(names[text.language], text.language, blocks(text.body)) for text in version.texts.order_by("pk")],
        "views": [
            {"label": words, "url": f"?show={name}", "current": name == (show if show in found else "unsigned")}
            for name, words in SHOWN
        ],
        "page": replace(page, rows=signatures_of(version, page.rows)),
        "columns": SIGNATURES,
        "count": version.unsigned().count(),
        "is_current": version == AgreementVersion.objects.current(),
    }
    return render(request, "partners/agreement_version.html", context)


@admin_required
def signatures(request, number):
    """All organisations that take part and their signatures under a version, for a spreadsheet."""
    version = get_object_or_404(AgreementVersion, number=number)
    partners = signatures_of(version, list(Partner.objects.filter(status__in=TAKING_PART)))
    content = as_csv([SIGNATURE_HEADINGS, *map(signature_cells, partners)])
    name = f"{_('Framework agreement')}-{version.number}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@admin_required
def remind_to_sign(request, number):
    """Ask who has not signed once more; the page says first how many, and who is left out today."""
    version = get_object_or_404(AgreementVersion, number=number)
    unsigned, partner = version.unsigned(), None
    if "partner" in request.GET and (partner := find_row(unsigned, request.GET["partner"])) is None:
        return redirect(version)  # it has signed meanwhile; and nobody else was meant
    if request.method == "POST":
        asked = actions.remind_to_sign(version, partner=partner, by=request.user)
        words = ngettext("%(count)s organisation is reminded.", "%(count)s organisations are reminded.", asked)
        messages.success(request, words % {"count": asked})
        return redirect(version)
    reminded = version.reminders.filter(on=clock.today(), partner__in=unsigned)
    context = {
        "version": version,
        "partner": partner,
        "count": 1 if partner else unsigned.count(),
        "reminded": reminded.filter(partner=partner).count() if partner else reminded.count(),
    }
    return render(request, "partners/remind_to_sign.html", context)


@admin_required
def publish_version(request):
    """Write a new version, beginning from the current one; once published it stays."""
    current = AgreementVersion.objects.current()
    begin = {f"body_{text.language}": text.body for text in current.texts.all()} if current else {}
    form = VersionForm(request.POST if request.method == "POST" else None, initial=begin)
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        publish = partial(
            actions.publish_version,
            form.cleaned_data["number"],
            form.bodies,
            sign_by=form.cleaned_data["sign_by"],
            by=request.user,
        )
        if version := attempt(form, publish, field="number"):
            messages.success(request, _("Published: version %(number)s.") % {"number": version})
            return redirect(version)
    shown = []
    if request.method == "POST" and form.is_valid():
        shown = [(dict(settings.LANGUAGES)[code], code, blocks(body)) for code, body in form.bodies.items()]
    return render(request, "partners/publish_version.html", {"form": form, "current": current, "shown": shown})
