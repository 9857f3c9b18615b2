"""The steps of a parcel as its timeline, told for the reader's side."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.status import LOOKS

from .carriers import spoken
from .next import still_to_come

TITLES = {
    "pack": gettext_lazy("Parcel begun"),
    "label": gettext_lazy("Label made"),
    "close": gettext_lazy("Parcel closed"),
    "take_out": gettext_lazy("Taken out"),
    "void_label": gettext_lazy("Label thrown away"),
}
STAGES = {"labelled": TITLES["label"], "closed": TITLES["close"]}


def timeline(shipment, steps, *, user):
    """Rows for the timeline: what happened, what is now, what comes."""
    rows = [
        {
            "title": TITLES.get(step.verb) or LOOKS["shipment", step.to_status].word,
            "at": step.at,
            "text": " ".join(_words(step, user)),
            "state": "past",
        }
        for step in steps
    ]
    if rows:
        rows[-1]["state"] = "now"
    return rows + [
        {"title": STAGES.get(stage) or LOOKS["shipment", stage].word, "state": "next"}
        for stage in still_to_come(shipment.stage)
    ]


def _words(step, user):
    """The sentences of a step; an organisation does not read who of the association took it."""
    if step.by:
        yield _("By the association.") if user.acting_for else _("By %(name)s.") % {"name": step.by}
    if step.verb == "close":
        yield _("Label and laptop were scanned and belong together.")
    if parcel := step.numbers.get("parcel"):
        yield _("Parcel %(number)s.") % {"number": spoken(parcel)}
