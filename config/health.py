from datetime import timedelta

import redis
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.models import Job
from people.access import public
from records import clock

from . import time_limits

LATE = timedelta(minutes=2)
PATIENCE = 0.8  # seconds for each answer, so that ours comes within three


@public
def healthz(request):
    """Say whether the database, the broker and the workers do their work: 503 with the reasons if not."""
    reasons = [*_faults_of_database_and_workers(), *_faults_of_broker()]
    return JsonResponse({"ok": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def _faults_of_database_and_workers():
    try:
        with time_limits.at_most(PATIENCE):
            oldest = Job.objects.due().order_by("due_at").values_list("due_at", flat=True).first()
    except (OperationalError, InterfaceError):
        return ["database: no answer"]
    if oldest and oldest < clock.now() - LATE:
        return [f"workers: a job has been due since {oldest:%Y-%m-%dT%H:%M:%SZ}"]
    return []


def _faults_of_broker():
    once = Retry(NoBackoff(), 0)
    asked = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once
    )
    try:
        with asked:
            asked.ping()
    except redis.RedisError:
        return ["broker: no answer"]
    return []
