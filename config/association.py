"""The association's own settings: one page that leads to what each app lets it change."""

from typing import Any, NamedTuple

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from people.access import treasurer_required


class Section(NamedTuple):
    """One row of the page: what can be changed, in a sentence, and the name of the page that changes it."""

    title: Any  # lazily translated
    sentence: Any
    url_name: str
    roles: tuple[str, ...] = ("admin",)


SECTIONS = [
    Section(
        _("People of the association"),
        _("Who works here, with which roles and until when."),
        "staff_people",
    ),
    Section(
        _("Prices"),
        _("What a laptop costs an organisation, by tier and delivery, from a day on."),
        "partners:tariffs",
        ("admin", "treasurer"),
    ),
    Section(
        _("Account and VAT"),
        _("Where payments go, and whether we are registered for VAT; two people see each change."),
        "billing:accounts",
        ("admin", "treasurer"),
    ),
    Section(
        _("Framework agreement"),
        _("The text that organisations sign, version by version, and who has signed."),
        "partners:versions",
    ),
    Section(
        _("Communes"),
        _("What merges and when, and where two organisations speak for one commune."),
        "partners:communes",
    ),
    Section(
        _("Rules for requests"),
        _("On which days parcels go out, and for how long a second request for one person is noticed."),
        "requests:set_policy",
    ),
    Section(
        _("Service desk"),
        _("Where messages go that nobody has opened for three working days."),
        "partners:desk_policy",
    ),
    Section(
        _("Answers"),
        _("What the desk answers again and again, in four languages."),
        "partners:answers",
    ),
    Section(
        _("Notices"),
        _("What all or some readers are told, from a day to a day, on their pages and by mail."),
        "partners:notices",
    ),
    Section(
        _("Texts of mails"),
        _("What each mail of the system says, in each language."),
        "documents:mails",
    ),
]


@treasurer_required
def association(request):
    """What this person may change, section by section."""
    sections = [section for section in SECTIONS if request.user.has_role(*section.roles)]
    return render(request, "settings.html", {"sections": sections})
