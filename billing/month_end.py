"""What the treasurer reads before closing a month: the checklist, and the parcels behind each figure."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.templatetags.swiss import day_words, moment, money
from shipping.lifecycle import ShipmentStatus
from shipping.models import Shipment

from .camt import NOTIFICATION
from .lifecycle import InvoiceStatus
from .models import BankFile, BankTransaction, CreditorAccount, Invoice, NoCharge
from .periods import cut_off, month_after, month_before, period_of
from .qr_bill import in_fours

ODD_FIRST = ("bad", "warn", "ok")
NAMED = 3
MONTHS_BACK = 24
CHECK, LOOK_OVER, ISSUING, DONE = 0, 2, 3, 4  # places in the row of steps; closing is a press


class Check(NamedTuple):
    """A line of the checklist: state (ok, warn, bad), what, the evidence, when or the deed."""

    state: str
    title: str
    sentence: str
    meta: str = ""
    url: str = ""
    action: str = ""


def months_back(today: date) -> list[date]:
    """The months that are over, the last one first."""
    months = [month_before(today)]
    while len(months) < MONTHS_BACK:
        months.append(month_before(months[-1]))
    return months


def drafts_until(month: date, user) -> list[Any]:
    """The drafts to look over, with their parcels; `is_held` marks those of an earlier period."""
    drafts = list(
        Invoice.objects.visible_to(user)
        .drafts()
        .filter(period__lte=month)
        .select_related("bill_to__partner")
        .annotate(
            parcels=Count("lines"),
            late=Count("lines", filter=Q(lines__shipment__handed_over_at__date__lt=F("period"))),
        )
        .order_by("pk")
    )
    for draft in drafts:
        draft.is_held = draft.period != period_of(month, draft.bill_to.cadence)
    return drafts


def stage_of(dues, drafts, *, is_issued: bool) -> int:
    """Which step is now."""
    if dues:
        return CHECK
    if any(not draft.is_held for draft in drafts):
        return LOOK_OVER
    return DONE if is_issued else CHECK


def steps_at(stage: int) -> list[tuple[str, str]]:
    """The row of steps, with the one that is now."""
    names = [_("Check"), _("Close: drafts"), _("Look over"), _("Issue")]
    return [
        (name, "done" if place < stage else "now" if place == stage else "next") for place, name in enumerate(names)
    ]


def checks_for(month: date, dues, drafts, *, today: date) -> list[Check]:
    """What should be done before closing, what is odd first."""
    units = {due.bill_to.pk: due.bill_to for due in dues} | {draft.bill_to_id: draft.bill_to for draft in drafts}
    checks = [
        _all_scanned(month, dues),
        _came_back(month),
        _reachable(list(units.values())),
        _held(drafts),
        _bank_file(month),
        _account(today),
    ]
    return sorted(checks, key=lambda check: ODD_FIRST.index(check.state))


def _named(names):
    """The first few names, and how many more there are."""
    names = list(names)
    words = ", ".join(str(name) for name in names[:NAMED])
    more = len(names) - NAMED
    if more > 0:
        words = ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % {
            "names": words,
            "count": more,
        }
    return words


def _all_scanned(month, dues):
    begun = Q(round__date__on__lt=month_after(month)) | Q(round=None, made_at__lt=cut_off(month))
    waiting = Shipment.objects.in_house().filter(begun, allocation__released_at=None).count()
    if waiting:
        return Check(
            "warn",
            ngettext(
                "%(count)s parcel of a past round is not handed over",
                "%(count)s parcels of past rounds are not handed over",
                waiting,
            )
            % {"count": waiting},
            _("What is scanned later comes along with the next month. Nothing is lost."),
        )
    title = _("Every parcel of a past round is handed over")
    if not dues:
        return Check("ok", title, _("Nothing is due up to the end of the month."))
    parcels, late = sum(due.parcels for due in dues), sum(due.late for due in dues)
    sentence = ngettext("%(count)s parcel is to be charged.", "%(count)s parcels are to be charged.", parcels)
    sentence = sentence % {"count": parcels}
    if late:
        sentence += " " + ngettext(
            "%(count)s from earlier comes along.", "%(count)s from earlier come along.", late
        ) % {"count": late}
    return Check("ok", title, sentence)


def _came_back(month):
    """Parcels that came back or got lost, are not free, and are on no issued invoice."""
    found = list(
        Shipment.objects.filter(
            status__in=[ShipmentStatus.RETURNED, ShipmentStatus.LOST], handed_over_at__lt=cut_off(month)
        )
        .exclude(no_charges__in=NoCharge.objects.filter(revoked_at__isnull=True))
        .exclude(charges__invoice__status=InvoiceStatus.ISSUED)
        .select_related("request")
        .order_by("pk")
    )
    if not found:
        return Check("ok", _("No parcel that came back waits for a decision"), _("Nothing to decide."))
    return Check(
        "warn",
        ngettext("%(count)s parcel came back or is lost", "%(count)s parcels came back or are lost", len(found))
        % {"count": len(found)},
        _("%(numbers)s. Undecided, it stays on the invoice and can be credited later.")
        % {"numbers": _named(parcel.request.number for parcel in found)},
    )


def _reachable(units):
    without = [unit for unit in units if not unit.email]
    if not without:
        words = ngettext("%(count)s unit pays.", "%(count)s units pay.", len(units)) % {"count": len(units)}
        title = _("Every unit that pays has an address and an e-mail")
        return Check("ok", title, words if units else _("Nothing is left to issue."))
    return Check(
        "warn",
        ngettext(
            "%(count)s unit has no e-mail for invoices", "%(count)s units have no e-mail for invoices", len(without)
        )
        % {"count": len(without)},
        _("%(names)s. Download the PDF and send it yourself.") % {"names": _named(without)},
        url=without[0].partner.get_absolute_url(),
        action=_("See the organisation"),
    )


def _held(drafts):
    held = [draft for draft in drafts if draft.is_held]
    if not held:
        return Check("ok", _("No draft of an earlier month waits"), _("Earlier months are issued."))
    return Check(
        "warn",
        ngettext("%(count)s draft of an earlier month waits", "%(count)s drafts of earlier months wait", len(held))
        % {"count": len(held)},
        _("%(names)s. Issue or discard it; new parcels go to a draft of their own.")
        % {"names": _named(f"{draft.bill_to} ({draft.period_words})" for draft in held)},
        url="#drafts",
        action=_("Look over"),
    )


def _bank_file(month):
    last = BankFile.objects.filter(kind=NOTIFICATION).first()  # from a statement nothing is booked
    waiting = BankTransaction.objects.for_a_person().count()
    if waiting:
        return Check(
            "warn",
            ngettext("%(count)s bank entry waits for you", "%(count)s bank entries wait for you", waiting)
            % {"count": waiting},
            _("They could not be booked by themselves. Closing the month does not depend on it."),
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
        "%(count)s payment was booked by itself.", "%(count)s payments were booked by themselves.", last.booked
    )
    return Check("ok", _("The bank’s file is booked"), booked % {"count": last.booked}, meta=moment(last.at))


def _account(today):
    account = CreditorAccount.objects.on(today)
    if account is None:
        return Check(
            "bad",
            _("No bank account holds today"),
            _("Nothing can be issued until an admin has entered the account that is printed on invoices."),
        )
    printed = _("Printed on each invoice: %(iban)s.") % {"iban": in_fours(account.qr_iban)}
    return Check("ok", _("The account for payments is known"), printed)


def lead_for(checks, dues):
    """The figures and how the checklist stands, in one or two sentences."""
    parts = []
    if dues:
        parcels = sum(due.parcels for due in dues)
        counted = ngettext("%(count)s parcel for %(sum)s.", "%(count)s parcels for %(sum)s.", parcels)
        parts.append(counted % {"count": parcels, "sum": money(sum(due.total for due in dues))})
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
