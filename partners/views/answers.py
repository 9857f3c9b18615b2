"""Answers that the desk puts into its messages."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners import actions
from partners.forms import AnswerForm
from partners.models import Answer
from people.access import admin_required
from web.forms import attempt

LISTED = 50  # earlier texts


@admin_required
def answers(request):
    """All of them, those that are offered first."""
    found = Answer.objects.order_by("-retired_at", "name", "pk")
    return render(request, "partners/answers.html", {"answers": found})


@admin_required
def new_answer(request):
    return _form(request, Answer())


@admin_required
def answer(request, pk):
    """What it says in each language, changed; and who changed it when."""
    return _form(request, get_object_or_404(Answer, pk=pk))


def _form(request, answer):
    words = answer.words if answer.pk else {}
    begin = {"name": answer.name} | {f"text_{language}": text for language, text in words.items()}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=begin)
    if request.method == "POST" and form.is_valid():
        answer.name = form.cleaned_data["name"]
        words = {language: form.cleaned_data[f"text_{language}"] for language, _name in settings.LANGUAGES}
        if attempt(form, partial(actions.write_answer, answer, words, by=request.user)):
            messages.success(request, _("Kept. The desk finds it under its messages."))
            return redirect("partners:answers")
    texts = answer.texts.select_related("by")[:LISTED] if answer.pk else []
    return render(request, "partners/answer.html", {"answer": answer, "form": form, "texts": texts})


@require_POST
@admin_required
def retire_answer(request, pk):
    """Offer it no more, or again: as the button said."""
    is_retired = "restore" not in request.POST
    actions.retire_answer(get_object_or_404(Answer, pk=pk), is_retired=is_retired)
    messages.success(request, _("It is offered no more.") if is_retired else _("It is offered again."))
    return redirect("partners:answers")
