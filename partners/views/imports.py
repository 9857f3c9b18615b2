from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from jobs.models import Job
from partners import import_actions, import_report
from partners.import_columns import FIELDS, NEEDED
from partners.import_forms import TakeOverForm, WorkbookForm
from partners.models import PartnerImport
from people.access import admin_required
from web.forms import attempt

SHOWN = 100  # organisations of each outcome; the report has all
LATEST = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@admin_required
def import_workbook(request):
    """Say what a workbook must hold, and take one in to be read and checked."""
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        action = partial(import_actions.upload, file.read(), name=file.name, by=request.user)
        if found := attempt(form, action, field="file"):
            return redirect(found)
    context = {
        "form": form,
        "fields": FIELDS,
        "needed": NEEDED,
        "latest": PartnerImport.objects.visible_to(request.user).defer("lines", "results")[:LATEST],
    }
    return render(request, "partners/import_workbook.html", context)


@require_GET
@admin_required
def import_template(request):
    """A workbook to fill in, with the headings in the reader's language."""
    name = _("organisations")
    return HttpResponse(
        import_report.template(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


@admin_required
def show_import(request, token):
    """How far a workbook is, what taking it over would do, and what it did."""
    found = get_object_or_404(PartnerImport.objects.visible_to(request.user).select_related("file"), token=token)
    kind = import_actions.TAKE_OVER if found.ordered_at else import_actions.CHECK
    job = Job.objects.unfinished_for(kind, found) if found.is_under_way else None
    is_stuck = bool(job and job.is_dead)
    at_work = found.is_under_way and not is_stuck
    if request.htmx and not at_work:
        return HttpResponseClientRefresh()
    context = {"found": found, "at_work": at_work, "is_stuck": is_stuck, "dead": job if is_stuck else None}
    if found.ordered_at and at_work:
        context["progress"] = _progress_bar(found)
    if request.htmx:
        template = "components/_progress.html" if found.ordered_at else "partners/_import_checking.html"
        return render(request, template, context)
    if found.is_checked and not found.is_under_way and not found.refusal:
        context |= _outcomes(found)
    return render(request, "partners/show_import.html", context)


def _progress_bar(found):
    return {
        "title": _("Organisations are taken over"),
        "url": found.get_absolute_url(),
        "done": found.done,
        "total": found.total,
        "over": False,
    }


def _outcomes(found):
    """The counts, and of each outcome that says something the first organisations."""
    lines = found.shown_lines
    said = [
        ("refused", _("Refused: nothing of these rows is taken over")),
        ("admitted", _("Admitted only: something is missing")),
        ("there", _("There already, and recorded otherwise")),
    ]
    groups = []
    for outcome, title in said:
        those = [line for line in lines if line["outcome"] == outcome and line["findings"]]
        if those:
            groups.append({"title": title, "lines": those[:SHOWN], "more": len(those) - SHOWN, "count": len(those)})
    counts = {outcome: found.count(outcome) for outcome in ("active", "admitted", "there", "refused")}
    ready = counts["active"] + counts["admitted"]
    words = ngettext("Take over %(n)s organisation", "Take over %(n)s organisations", ready) % {"n": ready}
    return {"counts": counts, "ready": ready, "action": words, "groups": groups, "form": TakeOverForm()}


@require_POST
@admin_required
def take_over(request, token):
    """Take over what the check found good; pressed twice, it is done once."""
    found = get_object_or_404(PartnerImport.objects.visible_to(request.user), token=token)
    form = TakeOverForm(request.POST)
    form.is_valid()
    import_actions.take_over(found, invites=form.cleaned_data["invites"], by=request.user)
    return redirect(found)


@require_POST
@admin_required
def discard_import(request, token):
    """Throw an uploaded workbook away."""
    found = get_object_or_404(PartnerImport.objects.visible_to(request.user), token=token)
    import_actions.discard(found)
    messages.success(request, _("%(file)s is thrown away. Nothing was taken over.") % {"file": found.name})
    return redirect("partners:import_workbook")


@require_GET
@admin_required
def import_report_file(request, token):
    """All that the check or the taking over found, as CSV."""
    found = get_object_or_404(PartnerImport.objects.visible_to(request.user), token=token)
    name = _("report")
    return HttpResponse(
        import_report.as_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{found.pk}.csv"', "Cache-Control": "no-store"},
    )
