"""What the map's colours and answers are called."""

from django.utils.translation import gettext_lazy as _

# As the legend says it, and, within a table whose head says what is counted.
LEVELS = (_("not yet taking part"), _("takes part"), _("5–9 laptops"), "10–19", "20–49", _("50 and more"))
FIGURES = (_("not yet"), _("takes part"), "5–9", "10–19", "20–49", _("50 and more"))
CODES = ("not taking part", "takes part", "5-9", "10-19", "20-49", "50 and more")  # for programs
ACCESS = {
    "commune": _("Ask your commune’s social service."),
    "regional": _("Ask the regional social service of your commune."),
    "mandated": _("Ask the organisation that your commune has mandated."),
    "relief": _("Ask the relief organisation that works with your commune."),
}
