import re
from functools import partial

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_htmx.http import HttpResponseClientRedirect

from documents import ident_codes
from documents.templatetags.swiss import size
from people.access import dispatcher_required, workshop_required
from web.filters import chips
from web.forms import attempt
from web.pagination import paginate

from . import actions
from .forms import DriveForm, ErasureForm, FilterForm, ReadyForm, ReceiveForm, ScanForm, all_valid, drive_forms
from .lifecycle import DeviceStatus
from .models import Device, Drive, Erasure
from .tables import COLUMNS
from .timeline import timeline

Status, Result = DeviceStatus, Erasure.Result
OUR_NUMBER = re.compile(r"D-\d{6,}")
VIEWS = {
    "": gettext_lazy("Everything"),
    Status.RECEIVED: gettext_lazy("To erase"),
    Status.ERASED: gettext_lazy("To check"),
    Status.READY: Status.READY.label,
}


def _visible(request):
    return Device.objects.visible_to(request.user).with_open_drives()


def _fetch(request, number):
    return get_object_or_404(_visible(request), number=number)


def _next_step_context(device):
    return {"next": device.next_step, "next_url": device.next_url if device.next_step.page else ""}


@workshop_required
def index(request):
    """The laptops, newest first, by status and by words, each with its next step."""
    params = request.GET
    form = FilterForm(params)
    form.is_valid()  # what is well formed counts, the rest says so beside its field
    words, status = form.cleaned_data.get("q"), form.cleaned_data.get("status", "")
    found = _visible(request)
    if words:
        found = found.matching_words(words)
    if status:
        found = found.filter(status=status)
    page = paginate(found, params)
    context = {
        "page": page,
        "columns": COLUMNS,
        "form": form,
        "kept": [("rows", params["rows"])] if params.get("rows") else [],
        "filtered": bool(words or status),
        "views": [
            {"label": label, "url": f"?status={key}" if key else "?", "current": key == status and not words}
            for key, label in VIEWS.items()
        ],
        "chips": chips(params, {"q": words, "status": status and DeviceStatus(status).label}),
    }
    return render(request, "devices/list.html", context)


@workshop_required
def scan(request):
    """One field: a known laptop, or a drive of it, leads to its next step, an unknown one to taking it in."""
    if not request.POST.get("code", "").strip():
        if "open" in request.POST:
            return _redirect(request, _fetch(request, request.POST["open"].replace("\0", "")).get_absolute_url())
        done = request.GET.get("done", "").replace("\0", "")
        device = _visible(request).ready().filter(number=done).first() if done else None
        return _nothing_to_do(request, device) if device else _render_station(request)
    form = ScanForm(request.POST)
    if not form.is_valid():
        return _render_station(request, state="stop", word=_("Stop."), sentence=" ".join(form.errors["code"]))
    code = form.cleaned_data["code"]
    if device := _visible(request).scanned(code) or _visible(request).with_drive(code).first():
        return _redirect(request, device.next_url) if device.next_step.page else _nothing_to_do(request, device)
    if stop := _why_not_a_tag(code):
        return _render_station(request, state="stop", **stop)
    return _redirect(request, f"{reverse('devices:receive')}?{urlencode({'tag': code})}")


def _why_not_a_tag(code):
    """What stops a scan that can't be the tag of a new laptop; nothing when it can."""
    if OUR_NUMBER.fullmatch(code):
        sentence = _("No laptop has the number %(number)s. Scan the tag of its maker.") % {"number": code}
        return {"word": _("Stop."), "sentence": sentence}
    if ident_codes.from_scan(code):
        word = _("Stop.\nThis is a shipping label.")
        return {"word": word, "sentence": _("Here the laptop is scanned: its tag or our number.")}
    return None


def _nothing_to_do(request, device):
    """Say on the scan station how a laptop stands that needs nothing of the workshop."""
    look = device.shown_status.look
    sentence = device.next_step.sentence
    if device.status == Status.READY and device.shelf:
        sentence = _("Put it on shelf %(shelf)s.") % {"shelf": device.shelf}
    facts = [(_("Laptop"), device.number), (_("Model"), device.name), (_("Shelf"), device.shelf_now)]
    return _render_station(
        request,
        state={"done": "ok", "stop": "stop"}.get(look.tone, "idle"),
        word=f"{look.word}.",
        sentence=sentence,
        label=_("Scan the next laptop"),
        facts=[(term, value) for term, value in facts if value],
        second={
            "name": "open",
            "value": device.number,
            "icon": "laptop",
            "label": _("Open %(number)s") % {"number": device.number},
        },
    )


def _redirect(request, url):
    """Lead to another page; a fragment's answer would land inside the scan station."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _render_station(request, **answer):
    """The scan page, or its station alone for htmx."""
    waiting = Device.objects.visible_to(request.user).count_by_status(Status.RECEIVED, Status.ERASED)
    idle = {
        "state": "idle",
        "word": _("Scan the laptop."),
        "sentence": _("Its tag, its serial number or our number."),
        "heading": _("Workshop"),
        "counted": _("%(erase)s to erase, %(check)s to check")
        % {"erase": waiting[Status.RECEIVED], "check": waiting[Status.ERASED]},
        "url": reverse("devices:scan"),
        "label": _("Scan or type here"),
        "inputmode": "text",
        "second": {"name": "go", "value": "1", "label": _("Go on"), "icon": "arrow-right"},
    }
    template = "components/_scan.html" if request.htmx else "devices/scan.html"
    return render(request, template, idle | answer)


@workshop_required
def receive(request):
    """Take in a laptop with its drives; a tag that is there already leads to its laptop."""
    if request.method != "POST":
        tag = request.GET.get("tag", "")
        form = ReceiveForm(initial={"asset_tag": tag})
        form.fields["maker" if tag else "asset_tag"].widget.attrs["autofocus"] = True
        return _render_receive_form(request, form, drive_forms())
    form, drives = ReceiveForm(request.POST), drive_forms(request.POST)
    complete = all([form.is_valid(), all_valid(drives)])
    known = _visible(request).scanned(form.cleaned_data.get("asset_tag", ""))
    if known:
        return _there_already(request, known)
    if complete:
        listed = [drive.cleaned_data for drive in drives if drive.is_bound and drive.cleaned_data.get("serial")]
        action = partial(actions.receive, by=request.user, drives=listed, **form.cleaned_data)
        if taken_in := attempt(form, action):
            device, is_new = taken_in
            if not is_new:
                return _there_already(request, _fetch(request, device.number))
            messages.success(request, _("Taken in as %(device)s. Now erase its drives.") % {"device": device})
            return redirect("devices:record_erasure", device.number)
    return _render_receive_form(request, form, drives)


def _there_already(request, device):
    messages.info(request, _("This laptop is here already, as %(device)s. Go on with it.") % {"device": device})
    return redirect(device.next_url)


def _render_receive_form(request, form, drives):
    first, *others = drives
    context = {"form": form, "first": first, "others": others}
    return render(
        request,
        "devices/receive.html",
        context | {"others_open": any(drive.is_bound and drive.has_changed() for drive in others)},
    )


def _drive_lines(device, drives):
    """Each drive with its erasures; what it went through before it came back counts no longer."""
    for drive in drives:
        erasures = list(drive.erasures.all())
        now = [erasure for erasure in erasures if erasure.life == device.life]
        done = next((erasure for erasure in now if erasure.result == Result.SUCCESS), None)
        yield {
            "drive": drive,
            "erasures": erasures,
            "tries": len(now),
            "last": now[-1] if now else None,
            "done": done,
            "is_open": done is None and drive.destroyed_at is None,
        }


WITH_ERASURES = Prefetch("erasures", Erasure.objects.select_related("by"))


@workshop_required
def detail(request, number):
    """How a laptop stands and what comes next: its facts, its drives with the evidence, the way so far."""
    device = _fetch(request, number)
    facts = [
        (_("Tag"), device.asset_tag),
        (_("Model"), device.name),
        (_("System"), f"{device.get_system_display()}, {size(device.memory_gb)}"),
        (_("Keyboard"), device.get_keyboard_display()),
        (_("Grade"), device.get_grade_display()),
        (_("Shelf"), device.shelf_now),
    ]
    steps = device.steps.select_related("by")
    context = _next_step_context(device) | {
        "device": device,
        "is_over": device.is_over,
        "facts": [(term, value, "") for term, value in facts if value],
        "lines": list(_drive_lines(device, device.drives.prefetch_related(WITH_ERASURES))),
        "timeline": timeline(device, steps, with_requests=dispatcher_required.allowed(request.user)),
    }
    return render(request, "devices/detail.html", context)


@workshop_required
def record_erasure(request, number):
    """Write down what came of erasing each drive; a failed one stays open.

    After the first answer every form is folded: a second tap at the same place answers for no other drive.
    """
    device = _fetch(request, number)
    sent = ErasureForm(request.POST, device=device) if request.method == "POST" else None
    if sent and sent.is_valid():
        action = partial(actions.record_erasure, by=request.user, **sent.cleaned_data)
        if moved := attempt(sent, action):
            return _redirect_after_erasure(request, moved, **sent.cleaned_data)
    lines = []
    if device.takes_erasures:
        lines = list(_drive_lines(device, device.drives.prefetch_related(WITH_ERASURES)))
    still_open = [line for line in lines if line["is_open"]]
    is_first_answer = not any(line["tries"] for line in lines)
    for line in still_open:
        line["form"] = _erasure_form(device, line, sent)
        line["unfolded"] = (is_first_answer and line is still_open[0]) or _is_about(sent, line["drive"])
    context = {"device": device, "lines": lines, "still_open": still_open, "sent": sent} | _next_step_context(device)
    return render(request, "devices/record_erasure.html", context)


def _is_about(sent, drive):
    return sent is not None and str(drive.pk) == sent.data.get("drive")


def _erasure_form(device, line, sent):
    drive = line["drive"]
    method = Erasure.Method.CLEAR if drive.kind == Drive.Kind.HDD else Erasure.Method.PURGE
    if _is_about(sent, drive):
        method = sent.data.get("method", method)
    initial = {"drive": drive.pk, "tries": line["tries"], "method": method}
    return ErasureForm(initial=initial, device=device, auto_id=f"drive-{drive.pk}-%s")


def _redirect_after_erasure(request, device, *, drive, result, **_answers):
    """Say what the result means, and lead to the next drive or to the checklist."""
    left = device.drives.open().count()
    words = {"drive": drive, "device": device, "left": left}
    if result == Result.FAILED:
        messages.warning(request, _("Noted: erasing %(drive)s failed. The drive stays open.") % words)
        return redirect("devices:record_erasure", device.number)
    if left:
        done = ngettext(
            "%(drive)s is erased. One drive is left.", "%(drive)s is erased. %(left)s drives are left.", left
        )
        messages.success(request, done % words)
        return redirect("devices:record_erasure", device.number)
    messages.success(request, _("All drives of %(device)s are erased. Now check it.") % words)
    return redirect("devices:mark_ready", device.number)


@workshop_required
def add_drive(request, number):
    """A drive that was found in the laptop after it was taken in."""
    device = _fetch(request, number)
    form = DriveForm(request.POST if request.method == "POST" else None, instance=Drive(device=device))
    if request.method == "POST" and form.is_valid():
        action = partial(actions.add_drive, device, by=request.user, **form.cleaned_data)
        if drive := attempt(form, action):
            messages.success(request, _("%(drive)s is listed. Now erase it.") % {"drive": drive})
            return redirect("devices:record_erasure", device.number)
    return render(request, "devices/add_drive.html", {"device": device, "form": form})


@workshop_required
def mark_ready(request, number):
    """The checklist; what was ticked stays when something is missing. Done, the scan page says where to put it."""
    device = _fetch(request, number)
    form = ReadyForm(
        request.POST if request.method == "POST" else None,
        initial={"keyboard": device.keyboard, "shelf": device.shelf},
    )
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.mark_ready, device, by=request.user, **form.cleaned_data))
        if form.is_valid():
            return redirect(f"{reverse('devices:scan')}?{urlencode({'done': device.number})}")
    context = {"device": device, "form": form, "may_check": device.next_step.page == "devices:mark_ready"}
    return render(request, "devices/mark_ready.html", context | _next_step_context(device))
