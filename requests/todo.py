from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from documents.templatetags.swiss import number
from partners.access import reads_requests
from web.todo import Todo

from .models import DeviceRequest, RequestDraft


def todo_for(user):
    """Requests to examine and drafts for social workers; the queue for dispatchers and admins."""
    return _for_partner(user) if user.acting_for else _for_association(user)


def _for_partner(user):
    if not reads_requests(user):
        return []
    todos = []
    received = DeviceRequest.objects.visible_to(user).waiting_for(user).count()
    if received:
        todos.append(
            Todo(
                received,
                ngettext("Request waits for your decision", "Requests wait for your decision", received),
                _("Examine by your own rules, then approve or decline."),
                reverse("requests:list") + "?view=needs-us",
                _("Examine"),
                urgency=60,
            )
        )
    drafts = RequestDraft.objects.visible_to(user).count()
    if drafts:
        todos.append(
            Todo(
                drafts,
                ngettext("Draft is not sent yet", "Drafts are not sent yet", drafts),
                ngettext(
                    "Only you see it. It is kept for 30 days.", "Only you see them. They are kept for 30 days.", drafts
                ),
                reverse("requests:drafts"),
                _("Go on writing"),
                urgency=20,
            )
        )
    return todos


def _for_association(user):
    if not reads_requests(user):
        return []
    waiting = DeviceRequest.objects.visible_to(user).queued().count()
    if not waiting:
        return []
    ready = Device.objects.visible_to(user).ready().count()
    return [
        Todo(
            waiting,
            ngettext("Approved request waits for a laptop", "Approved requests wait for a laptop", waiting),
            ngettext(
                "%(count)s laptop is ready. A match is proposed where one suits, with its reasons.",
                "%(count)s laptops are ready. A match is proposed where one suits, with its reasons.",
                ready,
            )
            % {"count": number(ready)},
            reverse("requests:queue"),
            _("See the matches"),
            urgency=50,
        )
    ]
