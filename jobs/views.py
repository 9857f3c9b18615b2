from collections import defaultdict
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from people.access import SignedInRequest, admin_required, signed_in
from web.pagination import paginate

from . import actions
from .models import Batch, Job

ROWS = 50
BATCHES = 5


@admin_required
def index(request: SignedInRequest) -> HttpResponse:
    """Dead jobs first, then what is under way, and what was done page by page."""
    dead = list(Job.objects.dead().order_by("-ended_at")[:ROWS])
    under_way = list(Job.objects.under_way().order_by("due_at")[:ROWS])
    page = paginate(Job.objects.filter(state="done"), request.GET)
    _name_records([*dead, *under_way, *page.rows])
    batches = Batch.objects.visible_to(request.user).under_way()[:BATCHES]
    context = {"dead": dead, "batches": batches, "under_way": under_way, "page": page}
    return render(request, "jobs/list.html", context)


def _name_records(jobs: list[Job]) -> None:
    """Give each job the `record` it is about, if that one has a page: one query per model."""
    keys = defaultdict(set)
    for job in jobs:
        keys[job.subject.partition(":")[0]].add(job.key)
    found: dict[tuple[str, str], Any] = {}
    for label, wanted in keys.items():
        model = apps.get_model(label)
        if hasattr(model, "get_absolute_url"):
            found |= {(label, str(key)): record for key, record in model.objects.in_bulk(wanted).items()}
    for job in jobs:
        job.record = found.get((job.subject.partition(":")[0], job.key))


@require_POST
@admin_required
def try_again(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.try_again(get_object_or_404(Job, pk=pk))
    return redirect("jobs:list")


@signed_in
def batch(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The progress of one button press, for who pressed it and for admins."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), token=token)
    progress = {"title": found.title, "url": found.get_absolute_url(), **found.progress()}
    template = "components/_progress.html" if request.htmx else "jobs/batch.html"
    return render(request, template, {"progress": progress})
