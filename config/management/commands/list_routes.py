import inspect
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

ALLAUTH = "allauth"
ANY = "any"


class Route(NamedTuple):
    """A route of the site: where, its name, the methods it takes ("any" if it doesn't say), who may open it."""

    path: str
    name: str
    methods: list[str]
    who_may: str


class Command(BaseCommand):
    help = "Lists every route: path, name, methods, who may. Example: manage.py list_routes --json"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="as JSON instead of a table")

    def handle(self, *, json: bool, **options):
        found = list(routes())
        self.stdout.write(_as_json(found) if json else _as_table(found))


def routes(resolver: URLResolver | None = None, prefix="/", space="", sign_in=False) -> Iterator[Route]:
    """Every route of the URL configuration, in the order in which it is looked through."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, path, inner, sign_in or _is_allauth(entry))
        elif isinstance(entry, URLPattern):
            who_may = ALLAUTH if sign_in else getattr(entry.callback, "access", "")
            yield Route(path, f"{space}{entry.name}" if entry.name else "", allowed_methods(entry.callback), who_may)


def _is_allauth(resolver):
    return getattr(resolver.urlconf_module, "__name__", "").partition(".")[0] == ALLAUTH


def allowed_methods(view) -> list[str]:
    """What a view takes: a class by its handlers, a function by `@require_POST` and the like around it."""
    if handlers := getattr(view, "view_class", None):
        names = [name for name in handlers.http_method_names if name != "options" and hasattr(handlers, name)]
        return [name.upper() for name in names] or [ANY]
    while view:
        if asked := inspect.getclosurevars(view).nonlocals.get("request_method_list"):
            return list(asked)
        view = getattr(view, "__wrapped__", None)
    return [ANY]


def _as_json(found):
    return json.dumps([route._asdict() for route in found], indent=2)


def _as_table(found):
    rows = [("Path", "Name", "Methods", "Who may")]
    rows += [(route.path, route.name, " ".join(route.methods), route.who_may) for route in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
