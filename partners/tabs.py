"""The association's page of an organisation: what stands on which tab."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.status import Words

from .access import invoice_reader_required, reads_requests
from .models import Partner


class Tab(NamedTuple):
    """A tab: its word and its route; `template` shows it, where it is none of another app's lists."""

    label: Words
    route: str
    template: str = ""


TABS = {
    "overview": Tab(_("Overview"), "partners:detail"),
    "people": Tab(_("People"), "partners:people", "partners/_people.html"),
    "agreements": Tab(_("Agreements"), "partners:agreements", "partners/_agreements.html"),
    "coverage": Tab(_("Communes"), "partners:coverage", "partners/_coverage_tab.html"),
    "tariff": Tab(_("Price"), "partners:tariff", "partners/_tariff_tab.html"),
    "requests": Tab(_("Requests"), "requests:list"),
    "invoices": Tab(_("Invoices"), "billing:list"),
    "notes": Tab(pgettext_lazy("partner", "Notes"), "partners:notes", "partners/_notes_tab.html"),
    "history": Tab(_("History"), "partners:history", "partners/_history_tab.html"),
}


def tabs_for(partner: Partner, user: object, chosen: str) -> list[dict[str, object]]:
    """The tabs that this person may open, as `components/views.html` shows them."""
    shown = {
        "requests": reads_requests(user),
        "invoices": invoice_reader_required.allowed(user),
    }
    return [
        {"label": tab.label, "url": _address(name, tab.route, partner), "current": name == chosen}
        for name, tab in TABS.items()
        if shown.get(name, True)
    ]


def _address(name: str, route: str, partner: Partner) -> str:
    if name in ("requests", "invoices"):
        return f"{reverse(route)}?view=all&partner={partner.pk}"
    return reverse(route, args=[partner.pk])
