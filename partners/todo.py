from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.todo import Todo

from .access import reads_requests
from .lifecycle import PartnerStatus
from .models import Agreement, AgreementVersion, Conversation, Coverage, Partner


def counts_for(user):
    counts = {}
    if reads_requests(user) and not user.acts_on_behalf:
        conversations = Conversation.objects.visible_to(user)
        if user.acting_for:
            counts["to_answer"] = conversations.waiting_for(Conversation.Side.PARTNER)
        else:
            to_answer = conversations.waiting_for(Conversation.Side.ASSOCIATION)
            counts["to_answer"] = to_answer.for_me_or_nobody(user)
    if user.acting_for and "manager" in user.membership_roles:
        counts["to_sign"] = AgreementVersion.objects.to_sign().filter(pk=user.acting_for_id)
    return counts | (_counts_for_admins(user) if user.has_role("admin") else {})


def _counts_for_admins(user):
    partners = Partner.objects.visible_to(user)
    waiting = {status: partners.filter(status=status) for status in (PartnerStatus.APPLIED, PartnerStatus.ADMITTED)}
    waiting["to_countersign"] = Agreement.objects.to_countersign()
    waiting["overdue_to_sign"] = AgreementVersion.objects.overdue()
    return waiting | {"contested": Coverage.objects.visible_to(user).contested()}


def todo_for(user, counts):
    """The agreement to sign, messages to answer; for admins organisations to admit, and those that have not signed."""
    page = reverse("partners:list")
    todos = []
    if counts.get("to_sign"):
        todos.append(_to_sign(user))
    if to_answer := counts.get("to_answer"):
        todos.append(_to_answer(user, to_answer))
    if applied := counts.get(PartnerStatus.APPLIED):
        todos.append(
            Todo(
                applied,
                ngettext("Organisation wants to take part", "Organisations want to take part", applied),
                _("Admit or decline: they can do nothing before."),
                f"{page}?status=applied",
                _("See who"),
                urgency=35,
            )
        )
    if admitted := counts.get(PartnerStatus.ADMITTED):
        todos.append(
            Todo(
                admitted,
                ngettext("Organisation has not signed yet", "Organisations have not signed yet", admitted),
                _("Their managers sign on their page, or hand in the signed paper. Before that nobody there approves."),
                f"{page}?status=admitted",
                _("See who"),
                urgency=30,
            )
        )
    if signed := counts.get("to_countersign"):
        todos.append(
            Todo(
                signed,
                ngettext("Agreement to countersign", "Agreements to countersign", signed),
                _("The organisation has signed. Look at it and sign for the association."),
                reverse("partners:to_countersign"),
                _("Countersign"),
                urgency=45,
            )
        )
    if overdue := counts.get("overdue_to_sign"):
        todos.append(
            Todo(
                overdue,
                ngettext(
                    "Organisation has let the day to sign pass", "Organisations have let the day to sign pass", overdue
                ),
                _("The agreement signed before holds until they do. Remind them, or call."),
                reverse("partners:versions"),
                _("See who"),
                urgency=28,
            )
        )
    if contested := counts.get("contested"):
        todos.append(
            Todo(
                contested,
                ngettext(
                    "Organisation shares a commune since a merger",
                    "Organisations share a commune since a merger",
                    contested,
                ),
                _("Say for whom each of them speaks there, or which one leaves it to the other."),
                reverse("partners:communes"),
                _("Decide"),
                urgency=25,
            )
        )
    return todos


def _to_answer(user, count):
    title = ngettext("Message to answer", "Messages to answer", count)
    if user.acting_for:
        sentence = _("The association has written. Answer, or close the conversation when nothing is open.")
        return Todo(count, title, sentence, reverse("partners:questions"), _("Read"), urgency=55)
    sentence = _("Organisations wait for your answer, or for anybody’s.")
    return Todo(count, title, sentence, reverse("partners:desk"), _("Answer"), urgency=55)


def _to_sign(user):
    return Todo(
        1,
        _("Framework agreement to sign"),
        _("Sign it on screen, or hand in the signed paper. The association signs after you."),
        reverse("partners:sign", args=[user.acting_for_id]),
        _("Read and sign"),
        urgency=70,
    )
