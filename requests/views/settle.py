"""What the association decides about a request: back to its organisation, no, another laptop, or nothing more."""

from functools import partial
from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from people.access import dispatcher_required
from requests import actions
from requests.forms import SettleForm
from web.forms import attempt

from .record import SETTLED, fetch, too_late


class Words(NamedTuple):
    """What the page of a verb says besides its title: the consequence, and what is told after it."""

    lead: object
    done: object
    is_risk: bool = False


WORDS = {
    "send_back": Words(
        _("The organisation reads the reason and corrects the request. Approved again, it has its place and price."),
        _("%(number)s is back at the organisation, which gets a mail."),
    ),
    "reject": Words(
        _("This ends the request; a laptop kept for it becomes free. The organisation gets a mail with the reason."),
        _("%(number)s is rejected. The organisation gets a mail."),
        is_risk=True,
    ),
    "requeue": Words(
        _("The request goes back to its old place in the queue, with the price it has."),
        _("%(number)s is back in the queue, at its old place."),
    ),
    "give_up": Words(
        _("This ends the request. The organisation reads the reason."),
        _("%(number)s is ended."),
        is_risk=True,
    ),
}


@dispatcher_required
def send_back(request, number):
    return _settle(request, number, "send_back", actions.send_back)


@dispatcher_required
def reject(request, number):
    return _settle(request, number, "reject", actions.reject)


@dispatcher_required
def requeue(request, number):
    return _settle(request, number, "requeue", actions.requeue)


@dispatcher_required
def give_up(request, number):
    return _settle(request, number, "give_up", actions.give_up)


def _settle(request, number, verb, action):
    """Ask once, with the consequence and for the reason where there is one."""
    device_request = fetch(request, number)
    if request.method != "POST" and not device_request.allows(verb):
        return too_late(request, device_request)
    form = SettleForm(request.POST if request.method == "POST" else None, verb=verb)
    if request.method == "POST" and form.is_valid():
        attempt(form, partial(action, device_request, by=request.user, **form.cleaned_data))
        if form.is_valid():
            messages.success(request, WORDS[verb].done % {"number": device_request})
            return redirect(device_request)
    context = {"device_request": device_request, "form": form, "title": SETTLED[verb], "words": WORDS[verb]}
    return render(request, "requests/settle.html", context)
