"""Conventions of the API: problem details (RFC 9457) and pagination."""

import copy
import json
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import QueryDict, UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from records.refusals import is_away, is_busy, sentence_for
from records.text import clean_typed

from .pagination import paginate

TITLES = {
    "invalid": _("The input is not complete or not well formed"),
    "refused": _("Refused: this can’t be done now"),
    "busy": _("Somebody else is at it"),
    "key_reused": _("This Idempotency-Key was used for something else"),
    "not_made_yet": _("Not made yet"),
    "away": _("Out of order for a moment"),
}
PROBLEM = "application/problem+json"
RETRY_AFTER = 10  # seconds, while the database is away
UNREADABLE = (BadRequest, SuspiciousOperation, UnreadablePostError, RecursionError)


class Conflict(APIException):
    """409; with `wait`, the seconds after which to ask again."""

    status_code = 409
    default_code = "refused"

    def __init__(self, detail: Any, code: str | None = None, *, wait: int | None = None) -> None:
        super().__init__(detail, code)
        self.wait = wait


class Away(APIException):
    """503: the database can't be reached."""

    status_code = 503
    default_code = "away"
    default_detail = _("The database can’t be reached just now. Ask again in a moment, with the same Idempotency-Key.")
    wait = RETRY_AFTER


class Unreadable(ParseError):
    default_detail = _("What was sent can’t be read: it has to be whole, in UTF-8 and not beyond all measure.")


def problem(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Say whatever goes wrong as problem details; None, and so a 500, for what is our own fault."""
    exception = _conflict(exception) or _away(exception) or _unreadable(exception) or exception
    answer = exception_handler(exception, context)
    if answer is None:
        return None
    kind = _kind(exception)
    answer.data = {
        "type": f"{settings.BASE_URL}{reverse('api:docs')}#{kind}" if kind in TITLES else "about:blank",
        "title": TITLES.get(kind, HTTPStatus(answer.status_code).phrase),
        "status": answer.status_code,
    } | _detail_and_errors(exception, answer.data)
    answer.content_type = PROBLEM
    return answer


def _conflict(exception: Exception) -> Conflict | None:
    """What the books or another person stand against, as a 409 with its sentence; None for anything else."""
    sentence = sentence_for(exception)
    if sentence is None:
        return None
    return Conflict(str(sentence), "busy", wait=1) if is_busy(exception) else Conflict(str(sentence))


def _away(exception: Exception) -> Away | None:
    return Away() if is_away(exception) else None


def _unreadable(exception: Exception) -> Unreadable | None:
    """JSON nested beyond all measure, and a body that breaks off, are no faults of ours."""
    return Unreadable() if isinstance(exception, UNREADABLE) else None


def _kind(exception: Exception) -> Any:
    """The code of the problem; a wrong field has one of its own, the whole is then “invalid”."""
    if isinstance(exception, ValidationError):
        return "invalid"
    return exception.get_codes() if isinstance(exception, APIException) else ""


def _detail_and_errors(exception: Exception, data: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(exception, ValidationError):
        return {"detail": str(data["detail"])}
    return {"detail": str(_("Some fields are missing or wrong.")), "errors": list(_errors(exception.detail))}


def _errors(detail: Any, field: str = "") -> Iterator[dict[str, Any]]:
    """Each wrong field with its sentence; a field inside another is written `recipient.postcode`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            path = field if name == "non_field_errors" else f"{field}.{name}".lstrip(".")
            yield from _errors(inner, path)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _errors(inner, f"{field}.{index}" if isinstance(inner, dict) else field)
    else:
        yield {"field": field, "detail": str(detail), "code": detail.code}


def cleaned(sent: Any) -> Any:
    """What was sent with every text in it cleaned, before any field judges it."""
    if not isinstance(sent, QueryDict):
        return clean_typed(sent)
    texts = copy.copy(sent)
    for name, values in sent.lists():
        texts.setlist(name, clean_typed(values))
    return texts


class JSONParser(parsers.JSONParser):
    """REST framework's, without half signs: `"\\ud800"` is read as a text that is in no character set."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        raw = stream.read()
        parsed = super().parse(BytesIO(raw), media_type, parser_context)
        if b"\\ud" in raw.lower():
            try:
                json.dumps(parsed, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                raise Unreadable from error
        return parsed


class KeysetPagination(BasePagination):
    """Pages by the key of the last row, newest first: `next` leads to older rows, `previous` to newer ones."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.request, self.page = request, paginate(queryset, request.query_params)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._absolute(self.page.older_url),
                "previous": self._absolute(self.page.newer_url),
                "results": data,
            }
        )

    def _absolute(self, query: str) -> str | None:
        return self.request.build_absolute_uri(query) if query else None

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": "rows", "in": "query", "schema": {"type": "integer", "enum": [25, 100], "default": 25}},
            {"name": "after", "in": "query", "schema": {"type": "integer"}, "description": "As `next` says."},
            {"name": "before", "in": "query", "schema": {"type": "integer"}, "description": "As `previous` says."},
        ]
