from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from people.access import admin_required, signed_in

from . import actions
from .models import Batch, Job

ROWS = 50


@admin_required
def index(request):
    """Dead jobs first, then what is under way and what was done last."""
    return render(
        request,
        "jobs/list.html",
        {
            "dead": Job.objects.dead().order_by("-ended_at")[:ROWS],
            "under_way": Job.objects.filter(state__in=["waiting", "running"]).order_by("due_at")[:ROWS],
            "done": Job.objects.filter(state="done").order_by("-pk")[:ROWS],
        },
    )


@require_POST
@admin_required
def try_again(request, pk):
    actions.try_again(get_object_or_404(Job, pk=pk))
    return redirect("jobs:list")


@signed_in
def batch(request, token):
    """The progress of one button press, for who pressed it and for admins."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), token=token)
    progress = found.progress()
    over = progress["done"] + progress["dead"] == progress["total"]
    if request.htmx:
        bar = {"title": found.title, "url": found.get_absolute_url(), "over": over, **progress}
        return render(request, "components/_progress.html", bar)
    return render(request, "jobs/batch.html", {"batch": found, "progress": progress, "over": over})
