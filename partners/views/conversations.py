"""What organisations and the association write to each other: the desk, an organisation's questions, each of them."""

from functools import partial

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from documents import views as documents
from partners import actions
from partners.access import request_reader_required, social_worker_required
from partners.forms import (
    DeskFilterForm,
    DeskPolicyForm,
    HandOverForm,
    OwnerForm,
    TalkNoteForm,
    TopicForm,
    WriteForm,
)
from partners.models import (
    Answer,
    Attachment,
    Conversation,
    Message,
    Partner,
    Policy,
    PolicyChange,
    Reading,
    desk_people,
)
from partners.tables import DESK, QUESTIONS
from people.access import admin_required, dispatcher_required
from people.models import AuditEntry, User
from web.forms import attempt
from web.pagination import find_row, paginate, paginate_by

Side = Conversation.Side
DESK_VIEWS = {
    "to-answer": gettext_lazy("To answer"),
    "waiting": gettext_lazy("Waits for the organisation"),
    "closed": pgettext_lazy("conversations", "Closed"),
}
APPLICANTS = 25
QUESTION_VIEWS = {"open": pgettext_lazy("conversations", "Open"), "closed": pgettext_lazy("conversations", "Closed")}


@dispatcher_required
def desk(request):
    """What waits for the association, whoever looks after it: the oldest first."""
    params, user = request.GET, request.user
    chosen = params.get("view") if params.get("view") in DESK_VIEWS else "to-answer"
    people = list(desk_people())
    form = DeskFilterForm(params, people=people)
    owner = form.cleaned_data["owner"] if form.is_valid() else ""
    found = Conversation.objects.visible_to(user).with_unread(user)
    found = found.select_related("partner", "owner", "last_message")
    if owner:
        found = found.filter(owner=None if owner == "nobody" else owner)
    if chosen == "closed":
        page = paginate(found.filter(closed_at__isnull=False), params, key="last_message_id")
    else:
        side = Side.ASSOCIATION if chosen == "to-answer" else Side.PARTNER
        page = paginate_by("waiting_since", found.waiting_for(side), params)
    context = {
        "page": page,
        "columns": DESK,
        "form": form,
        "kept": [("view", chosen)],
        "filtered": bool(owner),
        "chosen": chosen,
        "views": _tabs(DESK_VIEWS, chosen, owner),
        "applicants": _applicants(user) if chosen == "to-answer" and not owner else [],
    }
    return render(request, "partners/desk.html", context)


def _applicants(user):
    """Who applies and wrote last: they have no conversation yet, but a private page."""
    return Message.objects.visible_to(user).unanswered().select_related("partner").order_by("pk")[:APPLICANTS]


def _tabs(views, chosen, owner=""):
    more = f"&owner={owner}" if owner else ""
    return [{"label": label, "url": f"?view={name}{more}", "current": name == chosen} for name, label in views.items()]


@social_worker_required
def questions(request):
    """All that an organisation and the association write to each other, what was written last first."""
    chosen = request.GET.get("view") if request.GET.get("view") in QUESTION_VIEWS else "open"
    found = Conversation.objects.visible_to(request.user).filter(closed_at__isnull=chosen == "open")
    found = found.with_unread(request.user).select_related("last_message", "colleague")
    context = {
        "page": paginate(found, request.GET, key="last_message_id"),
        "columns": QUESTIONS,
        "chosen": chosen,
        "views": _tabs(QUESTION_VIEWS, chosen),
    }
    return render(request, "partners/questions.html", context)


@social_worker_required
def new_question(request):
    """Ask the association something that belongs to no request."""
    return _begin(request, request.user.acting_for)


@dispatcher_required
def write_to(request, pk):
    """Write to an organisation what belongs to no request."""
    return _begin(request, get_object_or_404(Partner.objects.visible_to(request.user), pk=pk))


def _begin(request, partner):
    form = TopicForm(request.POST, request.FILES) if request.method == "POST" else TopicForm()
    if request.method == "POST" and form.is_valid():
        action = partial(actions.begin_conversation, partner, by=request.user, **form.cleaned_data)
        if begun := attempt(form, action):
            messages.success(request, _("Sent. The answer appears here, and a mail tells you."))
            return redirect(begun)
    return render(request, "partners/new_question.html", {"partner": partner, "form": form})


@request_reader_required
def question(request, pk):
    """A conversation without a request; one about a request stands on the request's page."""
    conversation = _fetch(request, pk)
    if conversation.request_number:
        return redirect(conversation)
    return _page(request, conversation)


def _fetch(request, pk):
    found = Conversation.objects.visible_to(request.user).select_related("partner", "owner", "colleague", "closed_by")
    return get_object_or_404(found, pk=pk)


def _page(request, conversation, **forms):
    context = {"conversation": conversation, "talk": talk_of(conversation, request.user, **forms)}
    return render(request, "partners/question.html", context)


def talk_of(conversation, user, form=None, note_form=None):
    """What `partners/_talk.html` shows of a conversation; from now on this person has read it."""
    seen = Reading.objects.filter(conversation=conversation, user=user).values_list("last_message", flat=True).first()
    found = conversation.messages.visible_to(user).select_related("by").prefetch_related("attachments__file")
    entries = [_entry(row, user, seen or 0) for row in found]
    newest = max((entry["message"].pk for entry in entries), default=0)
    if newest > (seen or 0) and not user.acts_on_behalf:
        Reading.objects.mark_read(conversation, user, up_to=newest)
    is_desk = not user.acting_for
    return {
        "conversation": conversation,
        "entries": entries,
        "form": form or WriteForm(),
        "note_form": (note_form or TalkNoteForm()) if is_desk else None,
        "owner_form": OwnerForm(initial={"owner": conversation.owner_id or user.pk}) if is_desk else None,
        "answers": Answer.objects.offered() if is_desk else [],
        "is_mine": conversation.owner_id == user.pk,
        "may_write": not user.acts_on_behalf,
        "waits_for_me": conversation.is_open
        and conversation.waits_for == (Side.ASSOCIATION if is_desk else Side.PARTNER),
    }


def talk_or_form(key, user):
    """What a page shows of the conversation with this key, or of none: then the form that begins one."""
    if key is None:
        return {"talk": None, "ask_form": None if user.acts_on_behalf else WriteForm()}
    found = Conversation.objects.visible_to(user).select_related("owner", "closed_by")
    return {"talk": talk_of(found.get(pk=key), user)}


def _entry(row, user, seen):
    """A message as its reader sees it: an organisation reads the names of its own people only."""
    is_ours = row.is_from_association == (not user.acting_for)
    return {
        "message": row,
        "who": row.by if is_ours or not row.is_from_association else "",
        "whose": Side.ASSOCIATION.label if row.is_from_association else Side.PARTNER.label,
        "mine": is_ours,
        "is_new": row.pk > seen and row.by_id != user.pk,
    }


@require_POST
@request_reader_required
def write_message(request, pk):
    """Write to the other side, and close the conversation with it if that was pressed."""
    conversation = _fetch(request, pk)
    if "insert" in request.POST and not request.user.acting_for:
        return _page(request, conversation, form=_with_answer(request, conversation))
    form = WriteForm(request.POST, request.FILES)
    if form.is_valid():
        closing = "close" in request.POST
        action = partial(actions.write_message, conversation, by=request.user, closing=closing, **form.cleaned_data)
        if attempt(form, action):
            messages.success(request, _("Sent, and closed.") if closing else _("Sent."))
            return redirect(conversation)
    return _page(request, conversation, form=form)


def _with_answer(request, conversation):
    """The form as it was typed, with the chosen answer below, in the language of whoever reads it."""
    chosen = find_row(Answer.objects.offered(), request.POST.get("answer"))
    language = (conversation.colleague or conversation.partner).language
    parts = (request.POST.get("text", "").strip(), chosen.in_language(language) if chosen else "")
    if request.FILES:
        messages.info(request, _("Choose the files once more: a browser does not keep them."))
    token = request.POST.get("form_token")
    return WriteForm(initial={"text": "\n\n".join(filter(None, parts))} | ({"form_token": token} if token else {}))


@require_POST
@dispatcher_required
def write_note(request, pk):
    """Keep a note that only the association reads."""
    conversation = _fetch(request, pk)
    form = TalkNoteForm(request.POST, request.FILES)
    if form.is_valid() and attempt(
        form, partial(actions.write_note, conversation, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Kept. Only the association reads it."))
        return redirect(conversation)
    return _page(request, conversation, note_form=form)


@require_POST
@request_reader_required
def close_conversation(request, pk):
    conversation = _fetch(request, pk)
    actions.close_conversation(conversation, by=request.user)
    messages.success(request, _("Closed. Whoever writes opens it again."))
    return redirect(conversation)


@require_POST
@request_reader_required
def reopen_conversation(request, pk):
    conversation = _fetch(request, pk)
    actions.reopen_conversation(conversation, by=request.user)
    messages.success(request, _("Open again."))
    return redirect(conversation)


@require_POST
@dispatcher_required
def hand_over(request, pk):
    """Have somebody of the desk look after a conversation; oneself where nobody else is named."""
    conversation = _fetch(request, pk)
    form = OwnerForm(request.POST)
    to = request.user if "owner" not in request.POST else form.cleaned_data["owner"] if form.is_valid() else None
    if to is None:
        messages.error(request, _("This person does not answer organisations: only admins and dispatchers do."))
    else:
        actions.hand_over(conversation, to)
        messages.success(request, _("%(person)s looks after it now.") % {"person": to})
    return redirect(conversation)


@dispatcher_required
def hand_over_all(request):
    """Have somebody else look after all that is open of one person."""
    owned = Conversation.objects.visible_to(request.user).filter(closed_at__isnull=True, owner__isnull=False)
    counts = dict(owned.order_by().values_list("owner").annotate(count=Count("pk")))
    owners = User.objects.filter(pk__in=counts).order_by("name")
    form = HandOverForm(request.POST if request.method == "POST" else None, owners=owners, counts=counts)
    if request.method == "POST" and form.is_valid():
        of, to = form.cleaned_data["of"], form.cleaned_data["to"]
        handed = attempt(form, partial(actions.hand_over_all, of, to))
        if handed is not None:
            words = ngettext(
                "%(count)s conversation goes to %(person)s.", "%(count)s conversations go to %(person)s.", handed
            )
            messages.success(request, words % {"count": handed, "person": to})
            return redirect("partners:desk")
    return render(request, "partners/hand_over_all.html", {"form": form, "owners": counts})


@request_reader_required
def attachment(request, pk):
    """A file that came with a message."""
    found = Attachment.objects.visible_to(request.user).select_related("file", "message__conversation")
    one = get_object_or_404(found, pk=pk)
    if one.file is None:
        raise Http404
    if number := one.message.conversation.request_number:
        AuditEntry.objects.record("read_recipient", number, by=request.user)
    return documents.send(one.file)


@admin_required
def desk_policy(request):
    """Where what nobody opens is told, and who changed that when."""
    form = DeskPolicyForm(request.POST if request.method == "POST" else None, instance=Policy.objects.current())
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(actions.set_policy, form.instance, form.changed_data, by=request.user))
        if form.is_valid():
            messages.success(request, _("Kept. It holds from now on."))
            return redirect("partners:desk_policy")
    changes = PolicyChange.objects.select_related("by")[:50]
    return render(request, "partners/desk_policy.html", {"form": form, "changes": changes})
