from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests.models import DeviceRequest
from web.counts import MANY, in_words
from web.todo import Todo

from .models import Label, Shipment, allocations_to_pack


def counts_for(user):
    if not user.has_role("admin", "dispatcher", "volunteer"):
        return {}
    parcels = Shipment.objects.visible_to(user)
    counts = {"to_close": parcels.to_close(), "to_hand_over": parcels.to_hand_over()}
    if not user.has_role("admin", "dispatcher"):
        return counts
    to_pack = allocations_to_pack(DeviceRequest.objects.visible_to(user))
    return counts | {"to_pack": to_pack, "withdrawn": parcels.withdrawn(), "to_void": Label.objects.to_void()}


def todo_for(user, counts):
    """Parcels to take out, pack, close and hand over for dispatchers and admins; to close for volunteers."""
    todos = []
    if to_close := counts.get("to_close"):
        todos.append(_to_close(to_close, counts["to_hand_over"]))
    if "to_pack" in counts:
        withdrawn = counts["withdrawn"] + counts["to_void"]
        todos += _for_dispatcher(counts["to_pack"], withdrawn, counts["to_hand_over"])
    return todos


def _to_close(count, done):
    sentence = _("Two scans each: the label, then the laptop.")
    if done < MANY:
        sentence = _("Two scans each: the label, then the laptop. %(done)s of %(all)s are closed.")
        sentence %= {"done": done, "all": in_words(done + count)}
    return Todo(
        count,
        ngettext("Parcel to close", "Parcels to close", count),
        sentence,
        reverse("shipping:station"),
        _("Close parcels"),
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
