"""A PDF that a job makes, on the page that asks for it again."""

from typing import Any

from django.db.models import Model

from jobs.models import Job


def pdf_progress(name: str, url: str, about: Model, *, kind: str, is_made: bool) -> dict[str, Any]:
    """The variables of `partners/_pdf_progress.html`: `name` of the fragment, `url` of the PDF, `kind` of its job."""
    job = None if is_made else Job.objects.unfinished_for(kind, about)
    is_stuck = job is not None and not job.is_under_way
    return {"name": name, "url": url, "is_made": is_made, "is_stuck": is_stuck}
