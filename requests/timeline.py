"""The steps of a request as its timeline, told for the reader's side."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from documents import ident_codes
from partners.models import Membership
from web.statements import statement
from web.timeline import rows_for

from .models import REASONS, RequestStep
from .reasons import CORRECTED, KNOWN, PARTNER_ENDED, TAKEN_OVER


@statement
def steps_of(device_request):
    """Its steps, by its key, each with who took it and whether that was one of its organisation's own people."""
    steps = RequestStep.objects.filter(record=device_request)
    return steps.annotate(is_own=Membership.objects.who_wrote("record__partner")).select_related("by")


def timeline(device_request, steps, *, user):
    """Rows for the timeline: what happened, what is now, what comes."""

    def about(step):
        return {"text": format_html_join(" ", "{}", ((words,) for words in _words(step, user)))}

    return rows_for(device_request, steps, about)


def _parcel(code):
    """A parcel's code as its page writes it, leading there: whoever reads the request may open it."""
    url = reverse("shipping:by_label", args=[code])
    return format_html('<a class="wg-id" href="{}">{}</a>', url, ident_codes.printed(code))


def _fields(step):
    """What a correction changed, each thing once."""
    names = step.numbers.get("fields", "").split()
    return f"{', '.join(dict.fromkeys(str(CORRECTED[name]) for name in names))}."


def _who(step, user):
    if step.by and not user.acting_for and step.on_behalf_of and not step.is_own:
        yield _("By %(name)s, on behalf of the organisation.") % {"name": step.by}
    elif step.by and (not user.acting_for or step.is_own):
        yield _("By %(name)s.") % {"name": step.by}
    elif step.by:
        yield _("By the association.")
    elif step.verb == "receive":
        ours, theirs = _("By the person, through your link."), _("By the person, through the organisation’s link.")
        yield ours if user.acting_for else theirs


def _words(step, user):
    """The sentences of a step; a partner reads the names of its own people only."""
    yield from _who(step, user)
    if step.reason in REASONS.get(step.verb, ()):
        yield f"{REASONS[step.verb](step.reason).label}."
    if step.numbers.get("known") in KNOWN:
        words = {"what": KNOWN[step.numbers["known"]], "number": step.numbers.get("request", "")}
        yield _("%(what)s, though there is %(number)s.") % words
    if step.verb == "correct":
        yield _fields(step)
    if step.reason == TAKEN_OVER:
        yield _("It goes on at the organisation that has taken over.")
    if other := step.numbers.get("request") if step.verb in ("take_over", "withdraw") else "":
        yield _("Request %(number)s.") % {"number": other}
    if step.reason == PARTNER_ENDED:
        yield _("Your agreement has ended.") if user.acting_for else _("The organisation’s agreement has ended.")
    if device := step.numbers.get("device"):
        yield _("Laptop %(number)s.") % {"number": device}
    if parcel := step.numbers.get("parcel"):
        yield format_html(_("Parcel %(number)s.") % {"number": "{}"}, _parcel(parcel))
    if invoice := step.numbers.get("invoice"):
        yield _("Invoice %(number)s.") % {"number": invoice}
