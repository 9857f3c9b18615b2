"""Requests that are carried out once, however often a program sends them: the Idempotency-Key."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import IdempotentAnswer

HEADER = "Idempotency-Key"
Handler = Callable[..., Response]
KEY = re.compile(r"[\x21-\x7e]{8,64}")


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"
    default_detail = _("This Idempotency-Key came with another request before. Take a new key for a new action.")


def idempotent(handler: Handler) -> Handler:
    """Carry out a POST once per Idempotency-Key, and answer the same request with the same answer ever after.

    The key, the action and the answer are written in one transaction: a second request waits for the first, and what
    was refused leaves nothing behind and may be tried again. An answer is kept, so it must not name a person.
    """

    @wraps(handler)
    def guarded(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not KEY.fullmatch(key):
            raise ValidationError({HEADER: [_("Name this action by a key of 8 to 64 characters, such as a UUID.")]})
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            kept = IdempotentAnswer.objects.get_or_reserve(token_id=request.auth.pk, key=key, fingerprint=fingerprint)
            if kept.fingerprint != fingerprint:
                raise KeyReused
            replayed = kept.status is not None
            if not replayed:
                answer = handler(view, request, *args, **kwargs)
                kept.status, kept.answer = answer.status_code, JSONRenderer().render(answer.data).decode()
                kept.save(update_fields=["status", "answer"])
        headers = {"Idempotent-Replayed": "true"} if replayed else None
        return Response(json.loads(kept.answer), kept.status, headers=headers)

    guarded.is_idempotent = True  # type: ignore[attr-defined]  # a test looks for it
    return guarded


def _fingerprint(request: Request) -> str:
    """Method, path and what was sent, as a keyed hash: a form's boundary or the order of fields change nothing."""
    sent = json.dumps([request.method, request.path, _as_json(request.data)], sort_keys=True, default=str)
    return salted_hmac("jobs.api.idempotent", sent, algorithm="sha256").hexdigest()


def _as_json(data: Any) -> Any:
    if hasattr(data, "lists"):
        return {name: [_as_json(value) for value in values] for name, values in data.lists()}
    if isinstance(data, UploadedFile):
        digest = hashlib.sha256(b"".join(data.chunks())).hexdigest()
        data.seek(0)
        return digest
    return data
