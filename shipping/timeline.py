"""The steps of a parcel as its timeline, told for the reader's side."""

from django.utils.translation import gettext as _

from documents import ident_codes
from web.timeline import rows_for


def timeline(shipment, steps, *, user):
    """Rows for the timeline: what happened, what is now, what comes."""
    return rows_for(shipment, steps, lambda step: {"text": " ".join(_words(step, user))})


def _words(step, user):
    """The sentences of a step; an organisation does not read who of the association took it."""
    if step.by:
        yield _("By the association.") if user.acting_for else _("By %(name)s.") % {"name": step.by}
    if step.verb == "close_parcel":
        yield _("Label and laptop were scanned and belong together.")
    if parcel := step.numbers.get("parcel"):
        yield _("Parcel %(number)s.") % {"number": ident_codes.printed(parcel)}
