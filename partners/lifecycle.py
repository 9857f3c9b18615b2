"""How an organisation becomes a partner, and stops being one."""

from django.utils.translation import pgettext_lazy

from records.status import Look, Move, Note, Status


class PartnerStatus(Status):
    APPLIED = "applied", Look(pgettext_lazy("partner", "Applied"), "wait", "inbox-fill")
    ADMITTED = "admitted", Look(pgettext_lazy("partner", "Admitted"), "wait", "pen")
    ACTIVE = "active", Look(pgettext_lazy("partner", "Active"), "done", "check-circle-fill")
    DECLINED = "declined", Look(pgettext_lazy("partner", "Declined"), "stop", "x-circle")
    SUSPENDED = "suspended", Look(pgettext_lazy("partner", "Suspended"), "stop", "pause-circle")
    ENDED = "ended", Look(pgettext_lazy("partner", "Ended"), "none", "archive")


S = PartnerStatus
MOVES = {
    "admit": Move({S.APPLIED}, S.ADMITTED),
    "record_agreement": Move({S.ADMITTED}, S.ACTIVE),
    "decline": Move({S.APPLIED, S.ADMITTED}, S.DECLINED),
    "suspend": Move({S.ACTIVE}, S.SUSPENDED),
    "resume": Move({S.SUSPENDED}, S.ACTIVE),
    "end": Move({S.ACTIVE, S.SUSPENDED}, S.ENDED),
    "apply_again": Move({S.DECLINED, S.ENDED}, S.APPLIED),
}
NOTES = {
    "invite": Note(),
    "accept_invitation": Note(),
    "decline_invitation": Note(),
    "end_access": Note(),
}
TAKING_PART = (S.ADMITTED, S.ACTIVE, S.SUSPENDED)  # may sign, and its people may come
