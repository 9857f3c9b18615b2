"""What a volunteer looks at before a laptop is ready."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

POINTS = {
    "shell": _("Shell and hinges are whole"),
    "screen": _("Screen without faults"),
    "keys": _("Keyboard and touchpad work"),
    "ports": _("Ports, camera, microphone and speakers work"),
    "battery": _("Battery lasts 30 minutes or more"),
    "clean": _("Cleaned, charger put in"),
}


def fault(points: list[str]) -> str:
    """The sentence that refuses a checklist with a point left out; empty when every point was looked at."""
    return "" if set(POINTS) <= set(points) else gettext("Tick every point of the checklist first.")
