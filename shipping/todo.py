from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests.models import DeviceRequest
from web.todo import Todo

from .models import Label, Shipment, allocations_to_pack


def todo_for(user):
    """Parcels to take out, pack, close and hand over for dispatchers and admins; to close for volunteers."""
    if not user.has_role("admin", "dispatcher", "volunteer"):
        return []
    counts = Shipment.objects.visible_to(user).count_stages()
    todos = []
    if counts["labelled"]:
        todos.append(_to_close(counts))
    if user.has_role("admin", "dispatcher"):
        to_pack = allocations_to_pack(DeviceRequest.objects.visible_to(user)).count()
        withdrawn = counts["withdrawn"] + Label.objects.to_void().count()
        todos += _for_dispatcher(to_pack, withdrawn, counts["closed"])
    return todos


def _to_close(counts):
    count = counts["labelled"]
    return Todo(
        count,
        ngettext("Parcel to close", "Parcels to close", count),
        _("Two scans each: the label, then the laptop. %(done)s of %(all)s are closed.")
        % {"done": counts["closed"], "all": counts["closed"] + count},
        reverse("shipping:station"),
        _("Go on packing"),
        urgency=65,
    )


def _for_dispatcher(to_pack, withdrawn, to_hand_over):
    page = reverse("shipping:list")
    if withdrawn:
        yield Todo(
            withdrawn,
            ngettext("Parcel to take out", "Parcels to take out", withdrawn),
            _("The request no longer has this laptop. The parcel must not go out."),
            page,
            _("Take out"),
            urgency=85,
            tone="stop",
        )
    if to_hand_over:
        yield Todo(
            to_hand_over,
            ngettext("Parcel to hand over", "Parcels to hand over", to_hand_over),
            _("Closed and ready for Swiss Post."),
            page,
            _("Hand over"),
            urgency=70,
        )
    if to_pack:
        yield Todo(
            to_pack,
            ngettext("Laptop to pack", "Laptops to pack", to_pack),
            _("Kept for a request, without a parcel yet. Packing makes the labels."),
            page,
            _("Pack"),
            urgency=55,
        )
