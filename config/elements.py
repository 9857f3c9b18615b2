"""The living style guide: every part with the tag that makes it. For the association's admins."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.utils import timezone

from billing.lifecycle import InvoiceState
from devices.lifecycle import DeviceStatus
from partners.lifecycle import PartnerStatus
from people.access import admin_required
from requests.lifecycle import RequestStatus
from shipping.lifecycle import RoundStatus, ShipmentStatus
from web.forms import Form, RowChoiceField
from web.todo import Todo

TOKENS = ["paper", "panel", "field", "line", "edge", "ink", "ink-2", "ink-3", "accent", "green", "stop"]
GREENS = ["map-0", "map-1", "map-2", "map-3", "map-4", "map-5"]


class ExampleForm(Form):
    """One field of each kind, with made-up people and places."""

    first_name = forms.CharField(label="First name")
    year = forms.IntegerField(label="Year of birth", help_text="Four digits: 1989", required=False)
    postcode = forms.RegexField(r"^\d{4}$", label="Postcode", error_messages={"invalid": "Four digits, like 3400"})
    language = forms.ChoiceField(label="Language of the person", choices=[("de", "Deutsch"), ("fr", "Français")])
    system = RowChoiceField(
        label="Operating system",
        choices=[
            ("linux", "Linux", "Ready within a week. Office, video, browser."),
            ("windows", "Windows", "Only if the training needs it. About three weeks."),
        ],
    )
    keyboard = forms.ChoiceField(
        label="Keyboard",
        choices=[("ch-de", "Swiss German"), ("ch-fr", "Swiss French")],
        widget=forms.RadioSelect,
    )
    proof = forms.FileField(label="Proof that Windows is needed", help_text="PDF or photo, to 10 MB", required=False)
    remark = forms.CharField(label="Remark", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    examined = forms.BooleanField(label="We have examined the request by our own rules and approve it.")


@admin_required
def elements(request):
    """Show every part on one page; nothing on it does anything."""
    filled = {"first_name": "Samira", "year": "1994", "postcode": "340", "language": "de", "system": "windows"}
    at = timezone.make_aware(datetime(2026, 11, 12, 9, 8))
    messages.success(request, "A message of the last action looks like this.")
    about = {
        "tokens": TOKENS,
        "greens": GREENS,
        "statuses": [
            ("Partner", PartnerStatus),
            ("Request", RequestStatus),
            ("Device", DeviceStatus),
            ("Round", RoundStatus),
            ("Shipment", ShipmentStatus),
            ("Invoice", InvoiceState),
        ],
        "example": RequestStatus.SHIPPED,
        "form": ExampleForm(filled),
        "facts": [("Name", "Samira Wenger", "#"), ("Address", "Mühlegasse 11b\n3432 Lindental", "#")],
        "figures": [("41", "invoices as drafts"), ("CHF 32’100.00", "in total")],
        "timeline": [
            {"title": "Received", "at": at, "text": "Through your intake link.", "state": "past"},
            {"title": "Approved", "at": at, "text": "By Nina Aebi.", "state": "now"},
            {"title": "Shipped", "text": "Goes out on Thursday.", "state": "next"},
        ],
        "steps": [("Check", "done"), ("Close: drafts", "now"), ("Look over", "next"), ("Issue and send", "next")],
        "entries": [
            {
                "who": "Nina Aebi",
                "whose": "Sozialdienst Lindental",
                "at": at,
                "text": "In time?",
                "mine": True,
            },
            {"who": "Corinne Vuille", "whose": "Weitergabe", "at": at, "text": "Yes.", "mine": False},
        ],
        "views": [{"label": "Needs us", "url": "#"}, {"label": "Last 30 days", "url": "#", "current": True}],
        "chips": [{"label": "Since 24 Oct 2026", "url": "#"}],
        "exports": [("CSV", "#main"), ("XLSX", "#main")],
        "rows": ["LT-2026-0388", "LT-2026-0386", "LT-2026-0385"],
        "checks": [
            {
                "state": "ok",
                "title": "Billing addresses are complete",
                "sentence": "All 41 partners with a charge.",
                "meta": "Mon 08:12",
            },
            {
                "state": "warn",
                "title": "One returned parcel waits for your decision",
                "sentence": "Undecided, it stays on the invoice.",
                "url": "#main",
                "action": "Decide",
            },
            {
                "state": "bad",
                "title": "The dry run does not agree",
                "sentence": "Difference: CHF 150.00.",
                "url": "#main",
                "action": "See why",
            },
            {"state": "todo", "title": "The bank’s file is not there yet", "sentence": "Expected on Monday."},
        ],
        "progress": {
            "title": "Writing 41 invoices",
            "done": 26,
            "total": 41,
            "remaining": "about 20 seconds left",
            "over": True,
            "next_url": "#main",
            "next_label": "See them",
        },
        "todo": Todo(3, "Parcels came back", "Two were not collected, one has a wrong house number.", "#", "Decide"),
        "scan_facts": [("Laptop", "D-011742"), ("It lies on", "Shelf B-07")],
        "scan_second": {"name": "verb", "value": "aside", "label": "Put aside, call for help", "icon": "hand-index"},
        "amount": 1590,
        "at": at,
    }
    return render(request, "elements.html", about)
