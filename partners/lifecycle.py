"""How an organisation becomes a partner, and stops being one; how a notice begins and ends."""

from django.utils.translation import gettext_lazy as _
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
    "record_agreement": Move({S.ADMITTED}, S.ACTIVE, _("Agreement recorded")),
    "countersign": Move({S.ADMITTED}, S.ACTIVE, _("Agreement countersigned")),
    "decline": Move({S.APPLIED, S.ADMITTED}, S.DECLINED),
    "suspend": Move({S.ACTIVE}, S.SUSPENDED),
    "resume": Move({S.SUSPENDED}, S.ACTIVE, _("Active again")),
    "end": Move({S.ACTIVE, S.SUSPENDED}, S.ENDED),
    "apply_again": Move({S.DECLINED, S.ENDED}, S.APPLIED),
}
NOTES = {
    "confirm": Note(_("Application confirmed")),
    "complete": Note(_("Application completed")),
    "write": Note(_("Message written")),
    "sign": Note(_("Agreement signed on screen")),
    "upload_agreement": Note(_("Signed agreement handed in")),
    "set_aside": Note(_("Signature set aside")),
    "remind_to_sign": Note(_("Reminded to sign")),
    "give_notice": Note(_("Notice given")),
    "take_back_notice": Note(_("Notice taken back")),
    "edit": Note(_("Data changed")),
    "edit_bill_to": Note(_("Who pays changed")),
    "edit_coverage": Note(_("Communes changed")),
    "check_data": Note(_("Data checked")),
    "invite": Note(_("Person invited")),
    "resend_invitation": Note(_("Invitation sent again")),
    "accept_invitation": Note(_("Invitation accepted")),
    "decline_invitation": Note(_("Invitation declined")),
    "change_role": Note(_("Role changed")),
    "end_access": Note(_("Access ended")),
    "succeed": Note(_("Has taken over from another organisation")),
    "act_on_behalf": Note(_("The association acts on its behalf")),
    "end_on_behalf": Note(_("The association no longer acts on its behalf")),
    "open_intake_link": Note(_("Link for requests opened")),
    "replace_intake_link": Note(_("Link for requests replaced")),
    "close_intake_link": Note(_("Link for requests closed")),
}
TAKING_PART = (S.ADMITTED, S.ACTIVE, S.SUSPENDED)  # may sign, and its people may come
READING = (*TAKING_PART, S.ENDED)  # its people still read, and fetch invoices


class NoticeStatus(Status):
    DRAFT = "draft", Look(pgettext_lazy("notice", "Draft"), "none", "pencil")
    PUBLISHED = "published", Look(pgettext_lazy("notice", "Published"), "done", "check-circle-fill")
    WITHDRAWN = "withdrawn", Look(pgettext_lazy("notice", "Withdrawn"), "none", "archive")


N = NoticeStatus
NOTICE_MOVES = {
    "publish_notice": Move({N.DRAFT}, N.PUBLISHED),
    "withdraw_notice": Move({N.DRAFT, N.PUBLISHED}, N.WITHDRAWN),
}
NOTICE_NOTES = {"change_notice": Note(_("Notice changed"))}
