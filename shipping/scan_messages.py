"""What the scan station says: one message for each outcome, and never a person's name.

A message is what `components/_scan.html` shows: state, word, sentence, facts, the field's label, what is kept
for the next scan, and the one button.
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from documents import ident_codes

from .models import Shipment

CLOSE_PARCEL: Final = "close"
HAND_OVER: Final = "hand-over"
Mode = Literal["close", "hand-over"]
Message = dict[str, Any]
Fact = tuple[str, str]


def label_wanted(mode: Mode) -> Message:
    """Nothing is in hand."""
    if mode == HAND_OVER:
        sentence = _("Scan each parcel as it leaves the house.")
    else:
        sentence = _("One parcel after the other: first its label, then the laptop that goes inside.")
    return _message(mode, "idle", _("Scan the label."), sentence, label=_("Scan here"))


def heading(mode: Mode, counts: dict[str, int]) -> dict[str, str]:
    """The line on top: what is done here, and how much of it is left."""
    if mode == HAND_OVER:
        left = counts["closed"]
        counted = ngettext("%(count)s parcel to go", "%(count)s parcels to go", left) % {"count": left}
        return {"heading": _("Hand over"), "counted": counted}
    done, total = counts["closed"], counts["closed"] + counts["labelled"]
    return {"heading": _("Close parcels"), "counted": _("%(done)s of %(all)s closed") % {"done": done, "all": total}}


def laptop_wanted(parcel: Shipment) -> Message:
    """The label is in hand: this laptop is wanted, and no other."""
    device = parcel.device
    sentence = _("It lies on shelf %(shelf)s.") % {"shelf": device.shelf} if device.shelf else ""
    looks = f"{device.maker} {device.model}".strip()
    facts = [
        (_("Laptop"), device.number),
        *([(_("Looks like"), looks)] if looks else []),
        (_("Label ends in"), ident_codes.ending(parcel.ident_code)),
    ]
    return _message(
        CLOSE_PARCEL,
        "idle",
        _("Scan the laptop."),
        sentence or _("Only this one may go inside."),
        label=_("Scan here"),
        facts=facts,
        in_hand=parcel,
    )


def match(parcel: Shipment, following: Shipment | None) -> Message:
    """Laptop and label belong together, and the parcel is closed."""
    sentence = _("Laptop and label belong together. The parcel is done.")
    facts = _facts(parcel)
    if following:
        facts.append((_("Next"), _place(following.device)))
    return _message(CLOSE_PARCEL, "ok", _("Match.\nClose it."), sentence, label=_("Scan the next label"), facts=facts)


def closed_already(parcel: Shipment) -> Message:
    sentence = _("Nothing is left to do for this parcel.")
    return _message(
        CLOSE_PARCEL, "ok", _("Closed already."), sentence, label=_("Scan the next label"), facts=_facts(parcel)
    )


def handed_over(parcel: Shipment, *, again: bool) -> Message:
    """The parcel has left the house, with this scan or before it."""
    word = _("Handed over already.") if again else _("Handed over.")
    sentence = _("Nothing is left to do for this parcel.")
    return _message(HAND_OVER, "ok", word, sentence, label=_("Scan the next label"), facts=_facts(parcel))


def refused(mode: Mode, form: Form, parcel: Shipment) -> Message:
    """The parcel whose label was scanned can't take this step: a short word by where it stands, then the reason."""
    words = {
        "withdrawn": _("Take it out."),
        "packing": _("No label yet."),
        "labelled": _("Close it first."),
        "cancelled": _("Taken out."),
    }
    if mode == CLOSE_PARCEL:
        del words["labelled"]  # closing is what was tried
    word = words.get(parcel.stage, _("Left already.") if parcel.handed_over_at else _("Not now."))
    return _stop(mode, form, word, str(next(iter(form.errors.values()))[0]), label=_("Scan the label of a parcel"))


def no_parcel(mode: Mode, form: Form) -> Message:
    sentence = _("No parcel has this label. Put it aside.")
    return _stop(mode, form, _("Unknown."), sentence, label=_("Scan the label of a parcel"))


def label_first(mode: Mode, form: Form) -> Message:
    """A laptop was scanned with no parcel in hand."""
    return _stop(mode, form, _("This is a laptop."), _("Scan the label first."), label=_("Scan the label of a parcel"))


def wrong_laptop(form: Form, in_hand: Shipment) -> Message:
    sentence = _("Don’t close the parcel. Put this one back, fetch the right one.")
    return _wanted(form, in_hand, _("Wrong laptop."), sentence)


def another_label(form: Form, in_hand: Shipment) -> Message:
    sentence = _("Don’t close the parcel. Put this label aside, scan the laptop that goes with the first one.")
    return _wanted(form, in_hand, _("Another label."), sentence)


def _wanted(form: Form, in_hand: Shipment, word: str, sentence: str) -> Message:
    """The parcel in hand waits for its own laptop or is put aside."""
    wanted = [(_("Label ends in"), ident_codes.ending(in_hand.ident_code)), (_("Label wants"), in_hand.device.number)]
    if in_hand.device.shelf:
        wanted.append((_("It lies on"), _place(in_hand.device)))
    return _stop(CLOSE_PARCEL, form, word, sentence, label=_("Scan the right laptop"), wanted=wanted, in_hand=in_hand)


def _stop(
    mode: Mode,
    form: Form,
    reason: str,
    sentence: str,
    *,
    label: str,
    wanted: Sequence[Fact] = (),
    in_hand: Shipment | None = None,
) -> Message:
    """Refused, and nothing was changed."""
    scanned = form.data.get("code", "")[:30]
    facts = [*([(_("You scanned"), scanned)] if scanned else []), *wanted]
    word = _("Stop.\n%(reason)s") % {"reason": reason}
    return _message(mode, "stop", word, sentence, label=label, facts=facts, in_hand=in_hand)


def _message(
    mode: Mode,
    state: str,
    word: str,
    sentence: str,
    *,
    label: str,
    facts: Sequence[Fact] = (),
    in_hand: Shipment | None = None,
) -> Message:
    hidden: list[Fact] = [("mode", mode)]
    second = None
    if in_hand:
        hidden.append(("label", in_hand.ident_code))
        second = {"name": "aside", "value": "yes", "label": _("Put the parcel aside"), "icon": "hand-index"}
    return {
        "state": state,
        "word": word,
        "sentence": sentence,
        "label": label,
        "facts": facts,
        "hidden": hidden,
        "second": second,
    }


def _facts(parcel: Shipment) -> list[Fact]:
    return [(_("Laptop"), parcel.device.number), (_("Label ends in"), ident_codes.ending(parcel.ident_code))]


def _place(device: Device) -> str:
    return _("Shelf %(shelf)s") % {"shelf": device.shelf} if device.shelf else device.number
