from datetime import timedelta

import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.http import JsonResponse

from jobs.models import Job
from people.access import public
from records import clock

LATE = timedelta(minutes=2)


@public
def healthz(request):
    """Say whether the database, the broker and the workers do their work: 503 with the reasons if not."""
    reasons = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        oldest = Job.objects.due().order_by("due_at").values_list("due_at", flat=True).first()
        if oldest and oldest < clock.now() - LATE:
            reasons.append(f"workers: a job has been due since {oldest:%Y-%m-%dT%H:%M:%SZ}")
    except OperationalError:
        reasons.append("database: no answer")
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError:
        reasons.append("broker: no answer")
    return JsonResponse({"ok": not reasons, "reasons": reasons}, status=503 if reasons else 200)
