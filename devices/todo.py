from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.todo import Todo

from .lifecycle import DeviceStatus
from .models import Device

Status = DeviceStatus


def counts_for(user):
    devices = Device.objects.visible_to(user)
    return {status: devices.filter(status=status) for status in (Status.RECEIVED, Status.ERASED)}


def todo_for(user, counts):
    """Laptops to erase and laptops to check, for the workshop."""
    page = reverse("devices:list")
    todos = []
    if count := counts[Status.ERASED]:
        todos.append(
            Todo(
                count,
                ngettext("Laptop to check", "Laptops to check", count),
                _("The data are erased. After the checklist they are ready for a request."),
                f"{page}?status={Status.ERASED}",
                _("See which to check"),
                urgency=44,
            )
        )
    if count := counts[Status.RECEIVED]:
        todos.append(
            Todo(
                count,
                ngettext("Laptop to erase", "Laptops to erase", count),
                _("Until then, somebody’s data are still on the drives."),
                f"{page}?status={Status.RECEIVED}",
                _("See which to erase"),
                urgency=42,
            )
        )
    return todos
