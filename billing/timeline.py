"""What happened to an invoice, as its reader may see it."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.templatetags.swiss import day, money


def timeline(invoice, steps, payments, document, *, user):
    """Rows for the timeline: what happened, what is now, what comes."""
    rows = [{"title": _("Issued"), "at": step.at, "text": _who(step, user)} for step in steps if step.verb == "issue"]
    if document:
        rows.append({"title": _("PDF made"), "at": document.made_at})
    last = max(payments, key=lambda payment: (payment.at, payment.pk), default=None)
    for payment in payments:
        words = {"sum": money(payment.amount), "day": day(payment.paid_on)}
        settles = invoice.state == "paid" and payment == last
        title = _("Paid") if settles else pgettext("invoice", "Partly paid")
        rows.append({"title": title, "at": payment.at, "text": _("%(sum)s on %(day)s.") % words})
    rows.sort(key=lambda row: row["at"])
    for row in rows:
        row["state"] = "past"
    if rows:
        rows[-1]["state"] = "now"
    if invoice.state != "paid":
        if not rows:
            rows.append({"title": _("Draft"), "text": _("Nobody outside sees it."), "state": "now"})
            rows.append({"title": _("Issued"), "text": _("With the next number, and a PDF."), "state": "next"})
        due = _("Until %(day)s.") % {"day": day(invoice.due_on)} if invoice.due_on else ""
        rows.append({"title": _("Paid"), "text": due, "state": "next"})
    return rows


def _who(step, user):
    """Who took a step; a partner reads no names of the association."""
    if step.by and not user.acting_for:
        return _("By %(name)s.") % {"name": step.by}
    return _("By the association.")
