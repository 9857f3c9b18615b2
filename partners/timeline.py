"""An organisation's history, newest first: who did what, and which fields were changed, never the words."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import BillTo, Membership, OnBehalf, Partner

MOST = 30


def rows_of(partner, user):
    """The rows that `components/timeline.html` shows; an organisation reads the names of its own people only."""
    steps = partner.steps.annotate(is_own=Membership.objects.who_wrote("record"))
    steps = steps.select_related("by").order_by("-pk")[:MOST]
    return [{"title": step.title, "at": step.at, "state": "past", "text": _about(step, user)} for step in steps]


def _about(step, user):
    return ", ".join(part for part in (_details(step), _who(step, user)) if part)


def _who(step, user):
    if step.by and user.acting_for and not step.is_own:
        return _("by the association")
    if step.by and step.on_behalf_of and not step.is_own:
        return _("%(name)s, on behalf of the organisation") % {"name": step.by}
    if step.by:
        return str(step.by)
    return _("by the private link") if step.verb in ("confirm", "complete", "write") else ""


def _details(step):
    """What a step's numbers say, in words."""
    return next((words(step, step.numbers[name]) for name, words in DETAILS.items() if name in step.numbers), "")


def _fields(step, names):
    model = BillTo if step.verb == "edit_bill_to" else Partner
    return ", ".join(_name_of(model, field) for field in names.split())


def _name_of(model, field):
    return str(model._meta.get_field(field).verbose_name)


DETAILS = {
    "role": lambda _step, role: str(dict(Membership.Role.choices).get(role, "")),
    "fields": _fields,
    "organisation": lambda _step, pk: str(Partner.objects.get(pk=pk)),
    "reason": lambda _step, reason: str(OnBehalf.Reason(reason).label),
    "day": lambda _step, day: _("for %(day)s") % {"day": date_format(date.fromisoformat(day))},
    "version": lambda _step, number: _("version %(number)s") % {"number": number},
}
