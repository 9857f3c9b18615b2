"""The sentences of a month's end: the steps, the checklist and its summary."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.templatetags.swiss import day_words, moment, money

from .ibans import in_fours
from .models import BankFile, CreditorAccount
from .month_end import NAMED, MonthEnd, Some
from .periods import cut_off

ODD_FIRST = ("bad", "warn", "ok")
# Places in the row of steps; nobody stands on the second, closing itself.
CHECK, LOOK_OVER, ISSUING, DONE = 0, 2, 3, 4


class Check(NamedTuple):
    """A line of the checklist: state (ok, warn, bad), title, the evidence, when it was; what to do and where."""

    state: str
    title: str
    sentence: str
    meta: str = ""
    url: str = ""
    action: str = ""


def current_stage(found: MonthEnd) -> int:
    """Which step is now."""
    if found.dues:
        return CHECK
    if found.ready.count:
        return LOOK_OVER
    return DONE if found.issued else CHECK


def steps_at(stage: int) -> list[tuple[str, str]]:
    """The row of steps, with the one that is now."""
    names = [_("Check"), _("Close: drafts"), _("Look over"), _("Issue")]
    return [
        (name, "done" if place < stage else "now" if place == stage else "next") for place, name in enumerate(names)
    ]


def checks_for(found: MonthEnd) -> list[Check]:
    """What should be done before closing, what is odd first."""
    checks = [
        _hand_over(found),
        _returns(found.undecided),
        _emails(found.units, found.without_email),
        _held_drafts(found.held),
        _bank_file(found.month, found.last_notification, found.bank_entries),
        _account(found.account),
    ]
    return sorted(checks, key=lambda check: ODD_FIRST.index(check.state))


def first_names(named: Sequence[object], count: int) -> str:
    """The first few names, and how many more there are of so many."""
    named = named[:NAMED]
    words = ", ".join(str(one) for one in named)
    more = count - len(named)
    if more > 0:
        words = ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % {
            "names": words,
            "count": more,
        }
    return words


def _hand_over(found: MonthEnd) -> Check:
    if found.still_here:
        return Check(
            "warn",
            ngettext(
                "%(count)s parcel of a past round is not handed over",
                "%(count)s parcels of past rounds are not handed over",
                found.still_here,
            )
            % {"count": found.still_here},
            _("What is scanned later comes along with the next month. Nothing is lost."),
        )
    title = _("Every parcel of a past round is handed over")
    if not found.dues:
        return Check("ok", title, _("Nothing is due up to the end of the month."))
    parcels, late = found.due_parcels, sum(due.late for due in found.dues)
    sentence = ngettext("%(count)s parcel is to be charged.", "%(count)s parcels are to be charged.", parcels)
    sentence = sentence % {"count": parcels}
    if late:
        sentence += " " + ngettext(
            "%(count)s from earlier comes along.", "%(count)s from earlier come along.", late
        ) % {"count": late}
    return Check("ok", title, sentence)


def _returns(undecided: Some) -> Check:
    if not undecided.count:
        return Check("ok", _("No parcel that came back waits for a decision"), _("Nothing to decide."))
    return Check(
        "warn",
        ngettext("%(count)s parcel came back or is lost", "%(count)s parcels came back or are lost", undecided.count)
        % {"count": undecided.count},
        _("%(numbers)s. Undecided, it stays on the invoice and can be credited later.")
        % {"numbers": first_names([parcel.request.number for parcel in undecided.first], undecided.count)},
    )


def _emails(units: int, without: Some) -> Check:
    if not without.count:
        words = ngettext("%(count)s unit pays.", "%(count)s units pay.", units) % {"count": units}
        title = _("Every unit that pays has an address and an e-mail")
        return Check("ok", title, words if units else _("Nothing is left to issue."))
    return Check(
        "warn",
        ngettext(
            "%(count)s unit has no e-mail for invoices", "%(count)s units have no e-mail for invoices", without.count
        )
        % {"count": without.count},
        _("%(names)s. Download the PDF and send it yourself.") % {"names": first_names(without.first, without.count)},
        url=without.first[0].partner.get_absolute_url(),
        action=_("See the organisation"),
    )


def _held_drafts(held: Some) -> Check:
    if not held.count:
        return Check("ok", _("No draft of an earlier month waits"), _("Earlier months are issued."))
    return Check(
        "warn",
        ngettext("%(count)s draft of an earlier month waits", "%(count)s drafts of earlier months wait", held.count)
        % {"count": held.count},
        _("%(names)s. Issue or discard it; new parcels go to a draft of their own.")
        % {"names": first_names([f"{draft.bill_to} ({draft.period_words})" for draft in held.first], held.count)},
        url="#drafts",
        action=_("Look over"),
    )


def _bank_file(month: date, last: BankFile | None, waiting: int) -> Check:
    if waiting:
        return Check(
            "warn",
            ngettext("%(count)s bank entry waits for you", "%(count)s bank entries wait for you", waiting)
            % {"count": waiting},
            _("They could not be booked automatically. Closing the month does not depend on it."),
            url=reverse("billing:bank_files"),
            action=_("See the entries"),
        )
    if last is None or last.at < cut_off(month):
        since = _("The last one was booked on %(day)s.") % {"day": day_words(last.at)} if last else _("None was yet.")
        return Check(
            "warn",
            _("No bank file was booked since the end of the month"),
            _("%(since)s Closing the month does not depend on it.") % {"since": since},
            url=reverse("billing:bank_files"),
            action=_("Book a file"),
        )
    booked = ngettext(
        "%(count)s payment was booked automatically.", "%(count)s payments were booked automatically.", last.booked
    )
    return Check("ok", _("The bank’s file is booked"), booked % {"count": last.booked}, meta=moment(last.at))


def _account(account: CreditorAccount | None) -> Check:
    if account is None:
        return Check(
            "bad",
            _("No bank account holds today"),
            _("Nothing can be issued until an admin has entered the account that is printed on invoices."),
        )
    printed = _("Printed on each invoice: %(iban)s.") % {"iban": in_fours(account.qr_iban)}
    return Check("ok", _("The account for payments is known"), printed)


def lead_for(checks: list[Check], found: MonthEnd) -> str:
    """The figures and how the checklist stands, in one or two sentences."""
    parts = []
    if parcels := found.due_parcels:
        counted = ngettext("%(count)s parcel for %(sum)s.", "%(count)s parcels for %(sum)s.", parcels)
        parts.append(counted % {"count": parcels, "sum": money(found.due_total)})
    fine = sum(check.state == "ok" for check in checks)
    if fine == len(checks):
        parts.append(_("All %(count)s checks are fine.") % {"count": fine})
    elif any(check.state == "bad" for check in checks):
        parts.append(_("One thing stops the issue of invoices; see the checklist."))
    else:
        parts.append(
            _("%(fine)s of %(count)s checks are fine; what is open need not hold up the rest.")
            % {"fine": fine, "count": len(checks)}
        )
    return " ".join(parts)
