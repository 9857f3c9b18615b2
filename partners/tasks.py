from functools import partial

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents import invitations
from documents.mail import Envelope, Name, link, mail, organisation
from jobs.registry import job

from . import actions, import_actions
from .lifecycle import PartnerStatus
from .models import (
    Agreement,
    AgreementPaper,
    AgreementReminder,
    AgreementVersion,
    Application,
    CommuneLetter,
    ConversationMessage,
    IntakePoster,
    MapChange,
    Membership,
    Message,
    NoticeText,
    OnBehalf,
    Partner,
    PartnerImport,
    Policy,
    Reading,
    Succession,
    UnopenedReminder,
    desk_people,
)


@job("partners.make_paper", _("Make an agreement’s PDF"))
def make_paper(key, claim):
    actions.make_paper(AgreementPaper.objects.get(pk=key), claim)


@shared_task(name="partners.take_due_mutations")
def take_due_mutations():
    actions.take_due_mutations()


@shared_task(name="partners.end_due")
def end_due():
    actions.end_due()


@shared_task(name="partners.remind_by_the_clock")
def remind_by_the_clock():
    actions.remind_by_the_clock()


@shared_task(name="partners.remind_unopened")
def remind_unopened():
    actions.remind_unopened()


@shared_task(name="partners.delete_unconfirmed")
def delete_unconfirmed():
    actions.delete_unconfirmed()


@job(import_actions.CHECK, _("Check a workbook of organisations"))
def check_import(key, claim):
    if found := PartnerImport.objects.filter(pk=key).first():  # it may have been thrown away meanwhile
        import_actions.check(found, claim)


@job(import_actions.TAKE_OVER, _("Take over organisations from a workbook"))
def take_over(key, claim):
    import_actions.take_over_ordered(PartnerImport.objects.get(pk=key), claim)


@shared_task(name="partners.delete_old_imports")
def delete_old_imports():
    import_actions.delete_old_imports()


@job(actions.MAKE_LETTER, _("Write a letter to a commune"))
def make_letter(key, claim):
    actions.make_letter(CommuneLetter.objects.select_related("commune").get(pk=key), claim)


@job(actions.MAKE_POSTER, _("Draw a poster for a link"))
def make_poster(key, claim):
    actions.make_poster(IntakePoster.objects.select_related("link__partner").get(pk=key), claim)


@shared_task(name="partners.forget_map_changes")
def forget_map_changes():
    MapChange.objects.forget()


def _who_invites(partner, *, is_by_association):
    """A sentence that says it, in the language that is spoken now."""
    if is_by_association:
        return gettext("The association Weitergabe invites you to work for %(partner)s.") % {"partner": partner}
    return gettext("%(partner)s invites you to work with Weitergabe.") % {"partner": partner}


@mail(
    "partners.invited",
    _("Invitation to an organisation"),
    names={
        "organisation": organisation("membership.partner"),
        "person": Name("membership.user.name", _("the person’s name"), "Nina Aebi"),
        "role": Name("membership.get_role_display", _("the role"), _("Manager")),
        "who_invites": Name(
            "who_invites",
            _("a sentence that says who invites: the organisation or the association"),
            lazy(partial(_who_invites, "Sozialdienst Lindental", is_by_association=False), str)(),
        ),
        **invitations.NAMES,
    },
)
def invited(row):
    """To the person invited: a link to choose a password, or to sign in when there is one already.

    Who has answered, or works for the association, gets none.
    """
    membership = Membership.objects.pending().select_related("user", "partner").filter(pk=row.key).first()
    if membership is None or membership.user.is_association:
        return None
    user = membership.user
    invitations_sent = membership.partner.steps.filter(verb__in=("invite", "resend_invitation"))
    step = invitations_sent.annotate(is_own=Membership.objects.who_wrote("record")).last()
    is_by_association = step is not None and not step.is_own
    with translation.override(user.language):
        who_invites = _who_invites(membership.partner, is_by_association=is_by_association)
    context = {"membership": membership, "who_invites": who_invites} | invitations.context_for(user)
    return Envelope(user.email, user.language, context)


def _to_applicant(application):
    url = settings.BASE_URL + application.get_absolute_url()
    return Envelope(application.email, application.language, {"application": application, "url": url})


@mail(
    "partners.announced",
    _("Confirmation of an application"),
    names={"organisation": organisation("application.name"), "link": link(_("Confirm the application"))},
)
def announced(row):
    """To who announced an organisation: the private link by which the application is confirmed and completed."""
    application = Application.objects.filter(pk=row.key).first()
    return _to_applicant(application) if application else None


@mail(
    "partners.declined",
    _("Application declined"),
    names={"organisation": organisation("application.name"), "link": link(_("Read the reason"))},
)
def declined(row):
    """To the applicant: that it is declined; the reason stands on the private page."""
    application = Application.objects.filter(pk=row.key).first()
    return _to_applicant(application) if application else None


@mail("partners.answered", _("A message from the association"), names={"link": link(_("Read the message"))})
def answered(row):
    """To the applicant, or to the organisation's managers' office: that the association has written."""
    message = Message.objects.select_related("partner").get(pk=row.key)
    application = message.partner.applications.order_by("pk").last()
    if application is not None and not message.partner.takes_part:
        return _to_applicant(application)
    first = Membership.objects.managers_of(message.partner).select_related("user").first()
    if first is None:
        return None
    url = settings.BASE_URL + message.partner.get_absolute_url()
    return Envelope(first.user.email, first.user.language, {"partner": message.partner, "url": url})


@mail(
    "partners.countersigned",
    _("Agreement countersigned"),
    names={"organisation": organisation("agreement.partner.name"), "link": link(_("Enter the first request"))},
)
def countersigned(row):
    """To who signed: that the agreement runs."""
    agreement = Agreement.objects.select_related("partner", "signed_by_user").get(pk=row.key)
    user = agreement.signed_by_user
    if user is None:
        return None
    url = settings.BASE_URL + reverse("requests:new")
    return Envelope(user.email, user.language, {"agreement": agreement, "url": url})


SIGN_NAMES = {
    "organisation": organisation("partner"),
    "version": Name("version.number", _("the version’s number"), "2027.1", in_subject=True),
    "day": Name("day", _("the day by which it is to be signed"), "31.01.2027", in_subject=True),
    "link": link(_("Read and sign")),
}


@mail("partners.sign_again", _("A new framework agreement to sign"), names=SIGN_NAMES)
def sign_again(row):
    """To an organisation's first manager: that a new version is to be signed, and by when."""
    version = AgreementVersion.objects.current()
    return _to_sign(Partner.objects.get(pk=row.key), version) if version else None


@mail(actions.REMINDER_MAIL, _("A reminder to sign the framework agreement"), names=SIGN_NAMES)
def remind_to_sign(row):
    """The same once more; not to who has signed meanwhile."""
    reminder = AgreementReminder.objects.select_related("partner", "version").get(pk=row.key)
    return _to_sign(reminder.partner, reminder.version)


def _to_sign(partner, version):
    """To an organisation's first manager, as long as this version waits for its signature."""
    first = Membership.objects.managers_of(partner).select_related("user").first()
    if first is None or not version.unsigned().filter(pk=partner.pk).exists():
        return None
    if version != AgreementVersion.objects.current():
        return None
    url = settings.BASE_URL + reverse("partners:sign", args=[partner.pk])
    day = version.sign_by.strftime("%d.%m.%Y") if version.sign_by else ""
    context = {"partner": partner, "version": version, "day": day, "is_overdue": version.is_overdue, "url": url}
    return Envelope(first.user.email, first.user.language, context)


@mail(
    "partners.set_aside",
    _("A signature was set aside"),
    names={
        "organisation": organisation("agreement.partner.name"),
        "reason": Name("reason", _("the reason"), _("Whoever signed has no authority to sign")),
        "link": link(_("Read and sign")),
    },
)
def set_aside(row):
    """To who signed, or the organisation's first manager: why it does not hold, and that it is to be signed again."""
    agreement = Agreement.objects.select_related("partner", "signed_by_user").get(pk=row.key)
    partner, user = agreement.partner, agreement.signed_by_user
    if user is None and (first := Membership.objects.managers_of(partner).select_related("user").first()):
        user = first.user
    if user is None:
        return None
    with translation.override(user.language):
        reason = agreement.get_set_aside_reason_display()
    url = settings.BASE_URL + reverse("partners:sign", args=[partner.pk])
    return Envelope(user.email, user.language, {"agreement": agreement, "reason": reason, "url": url})


ENDING_NAMES = {"organisation": organisation("partner"), "link": link(_("Open the page"))}


@mail(
    "partners.under_notice",
    _("Notice of an agreement"),
    names=ENDING_NAMES | {"day": Name("day", _("the agreement’s last day"), "31.03.2027", in_subject=True)},
)
def under_notice(row):
    """To both sides: that the agreement ends, and when; not once the notice is taken back."""
    partner = Partner.objects.get(pk=row.key)
    if partner.ends_on is None:
        return None
    with translation.override(row.reader.language):
        reason = partner.get_end_reason_display()
    day = partner.ends_on.strftime("%d.%m.%Y")
    return _about_ending(row, partner, {"day": day, "reason": reason})


@mail("partners.notice_taken_back", _("A notice is taken back"), names=ENDING_NAMES)
def notice_taken_back(row):
    """To both sides: that the agreement goes on."""
    partner = Partner.objects.get(pk=row.key)
    return _about_ending(row, partner) if partner.ends_on is None and partner.takes_part else None


@mail("partners.ended", _("An agreement has ended"), names=ENDING_NAMES)
def ended(row):
    """To both sides: that the agreement has ended, and what stays."""
    partner = Partner.objects.get(pk=row.key)
    return _about_ending(row, partner) if partner.status == PartnerStatus.ENDED else None


def _about_ending(row, partner, more=None):
    context = {"partner": partner, "url": settings.BASE_URL + partner.get_absolute_url()}
    return Envelope(row.reader.email, row.reader.language, context | (more or {}))


@mail(
    "partners.succeeded",
    _("An organisation takes over from another one"),
    names={
        "organisation": organisation("succession.predecessor"),
        "successor": Name("succession.successor", _("the organisation that takes over"), "Sozialdienst Lindental"),
        "link": link(_("Open the page")),
    },
)
def succeeded(row):
    """To the managers of both organisations: that one has taken over from the other."""
    succession = Succession.objects.select_related("predecessor", "successor").get(pk=row.key)
    managed = Membership.objects.managers_of(succession.successor).filter(user=row.reader).exists()
    partner = succession.successor if managed else succession.predecessor
    url = settings.BASE_URL + partner.get_absolute_url()
    return Envelope(row.reader.email, row.reader.language, {"succession": succession, "url": url})


@mail(
    "partners.acts_on_behalf",
    _("The association acts on behalf of an organisation"),
    names={
        "organisation": organisation("partner"),
        "reason": Name("reason", _("the reason"), _("We were asked to")),
        "link": link(_("Read the history")),
    },
)
def acts_on_behalf(row):
    """To an organisation's managers: that somebody of the association has begun to, and why."""
    begun = OnBehalf.objects.select_related("partner").get(pk=row.key)
    with translation.override(row.reader.language):
        reason = begun.get_reason_display()
    url = f"{settings.BASE_URL}{begun.partner.get_absolute_url()}#history"
    return Envelope(row.reader.email, row.reader.language, {"partner": begun.partner, "reason": reason, "url": url})


@mail(actions.NOTICE_MAIL)
def notice(row):
    """To one reader of a notice, in the words that were published; not once it has other words, is over or withdrawn.

    Who is no longer among those it is for gets none either.
    """
    text = NoticeText.objects.select_related("notice").get(pk=row.key)
    notice, reader = text.notice, row.reader
    holds = notice.is_published and not notice.is_over and text.version == notice.version
    if not holds or reader.pk not in notice.readers(reader).texts:
        return None
    return Envelope(reader.email, reader.language, {"text": text, "url": settings.BASE_URL + reverse("home")})


@mail(actions.MESSAGE_MAIL, _("A message between organisation and association"), names={"link": link(_("Read it"))})
def message(row):
    """To whoever looks after a conversation on the other side; not once they have read it, or may not any more."""
    message = ConversationMessage.objects.select_related("conversation__partner").get(pk=row.key)
    conversation, reader = message.conversation, row.reader
    has_read = Reading.objects.filter(conversation=conversation, user=reader, last_message__gte=message.pk).exists()
    members = Membership.objects.approvers_of(conversation.partner).filter(user=reader)
    may_read = members.exists() if message.is_from_association else reader in desk_people()
    if has_read or not may_read:
        return None
    return Envelope(reader.email, reader.language, {"url": settings.BASE_URL + conversation.get_absolute_url()})


@mail(
    actions.UNOPENED_MAIL,
    _("To the team: a message that nobody has opened"),
    names={"organisation": organisation("partner"), "link": link(_("Read it"))},
)
def unopened(row):
    """To the team's mailbox; not once somebody has opened it, or it is answered or closed."""
    reminder = UnopenedReminder.objects.select_related("conversation__partner").get(pk=row.key)
    conversation, address = reminder.conversation, Policy.objects.current().address
    still_waits = conversation.is_open and conversation.waiting_since == reminder.since
    opened = Reading.objects.filter(conversation=conversation, is_association=True)
    if not address or not still_waits or opened.filter(last_message__gte=conversation.last_message_id).exists():
        return None
    context = {"partner": conversation.partner, "url": settings.BASE_URL + conversation.get_absolute_url()}
    return Envelope(address, settings.LANGUAGES[0][0], context)
