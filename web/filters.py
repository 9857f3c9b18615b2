"""The filters of a list as its page shows them."""

from typing import Any

from django.http import QueryDict

from .pagination import without


def chips(params: QueryDict, active: dict[str, Any]) -> list[dict[str, Any]]:
    """The active filters, each with the address of the list without it; `active` holds each filter's words."""
    filters = [(name, words) for name, words in active.items() if words]
    return [{"label": words, "url": f"?{without(params, name).urlencode()}"} for name, words in filters]
