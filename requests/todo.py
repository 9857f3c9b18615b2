from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from partners.access import reads_requests
from web.counts import in_words
from web.todo import Todo

from .models import DeviceRequest, RequestDraft


def counts_for(user):
    if not reads_requests(user):
        return {}
    requests = DeviceRequest.objects.visible_to(user)
    if user.acting_for:
        return {"received": requests.waiting_for(user), "drafts": RequestDraft.objects.visible_to(user)}
    return {
        "waiting": requests.queued(),
        "ready": Device.objects.visible_to(user).ready(),
        "left_over": requests.left_over(),
    }


def todo_for(user, counts):
    """Requests to examine and drafts for social workers; the queue for dispatchers and admins."""
    return _for_partner(counts) if user.acting_for else _for_association(counts)


def _for_partner(counts):
    todos = []
    if received := counts.get("received"):
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
    if drafts := counts.get("drafts"):
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


def _for_association(counts):
    todos = []
    if waiting := counts.get("waiting"):
        ready = counts["ready"]
        todos.append(
            Todo(
                waiting,
                ngettext("Approved request waits for a laptop", "Approved requests wait for a laptop", waiting),
                ngettext(
                    "%(count)s laptop is ready. A match is proposed where one suits, with its reasons.",
                    "%(count)s laptops are ready. A match is proposed where one suits, with its reasons.",
                    ready,
                )
                % {"count": in_words(ready)},
                reverse("requests:queue"),
                _("See the matches"),
                urgency=50,
            )
        )
    if left_over := counts.get("left_over"):
        todos.append(
            Todo(
                left_over,
                ngettext(
                    "Request rests since its organisation ended",
                    "Requests rest since their organisation ended",
                    left_over,
                ),
                _("Withdraw what nobody needs any more, or call the organisation."),
                reverse("requests:left_over"),
                _("Decide"),
                urgency=22,
            )
        )
    return todos
