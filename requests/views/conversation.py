"""The conversation about a request."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from partners.access import request_reader_required
from partners.forms import WriteForm
from requests import actions
from web.forms import attempt

from .record import fetch


@request_reader_required
def write_about(request, number):
    """Write the first message about a request; further ones go to its conversation."""
    device_request = fetch(request, number)
    form = WriteForm(request.POST, request.FILES) if request.method == "POST" else WriteForm()
    if request.method == "POST" and form.is_valid():
        sent = attempt(form, partial(actions.write_about, device_request, by=request.user, **form.cleaned_data))
        if sent:
            messages.success(request, _("Sent. The answer appears here, and a mail tells you."))
            return redirect(sent.conversation)
    return render(request, "requests/write_about.html", {"device_request": device_request, "form": form})
