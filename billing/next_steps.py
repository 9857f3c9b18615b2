"""What comes next for an invoice and who acts, told for the reader's side."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from documents.templatetags.swiss import day_words, money
from people.access import treasurer_required
from people.models import User
from web.templatetags.components import unbroken

from .lifecycle import InvoiceState


class NextStep(NamedTuple):
    """A note's tone, its headline and sentence, and the page with its button where there is something to press."""

    tone: str
    headline: str
    sentence: str
    url: str = ""
    action: str = ""


def next_step_for(invoice: Any, user: User) -> NextStep:
    """What this reader sees of an invoice that was fetched `with_paid()`."""
    if invoice.state == InvoiceState.DRAFT:
        return _draft_step(user)
    if invoice.state == InvoiceState.PAID:
        return NextStep("", _("Paid."), _("Nothing is left to do."))
    is_overdue = invoice.state == InvoiceState.OVERDUE
    words = {
        "sum": unbroken(money(invoice.left_to_pay)),
        "day": day_words(invoice.due_on),
        "unit": invoice.snapshot["bill_to"]["name"],
    }
    return _partner_step(words, is_overdue) if user.acting_for else _association_step(words, is_overdue, user)


def _draft_step(user):
    unseen = _("Nobody outside sees a draft.")
    if treasurer_required.allowed(user):
        return NextStep("wait", _("You: look the lines over, then issue or discard."), unseen)
    return NextStep("work", _("Next: the treasurer looks it over."), unseen)


def _partner_step(words, is_overdue):
    sentence = _("The PDF has the QR code for your bank.")
    if is_overdue:
        headline = _("You: pay %(sum)s; it was due on %(day)s.") % words
        return NextStep("wait", headline, " ".join([sentence, _("If it is on its way, nothing is left to do.")]))
    return NextStep("wait", _("You: pay %(sum)s by %(day)s.") % words, sentence)


def _association_step(words, is_overdue, user):
    if not is_overdue:
        headline = _("Next: %(unit)s pays %(sum)s by %(day)s.") % words
        return NextStep("work", headline, _("The bank’s file books it automatically. Nothing to do for you."))
    headline = _("Overdue: %(sum)s was due on %(day)s.") % words
    sentence = _("Book the newest bank file before you ask.")
    if treasurer_required.allowed(user):
        return NextStep("stop", headline, sentence, reverse("billing:bank_files"), _("Book a file"))
    return NextStep("stop", headline, sentence)
