"""The cantons by their letters, in the reader's language."""

from django.utils.translation import gettext_lazy as _

CANTONS = {
    "AG": _("Aargau"),
    "AI": _("Appenzell Innerrhoden"),
    "AR": _("Appenzell Ausserrhoden"),
    "BE": _("Bern"),
    "BL": _("Basel-Landschaft"),
    "BS": _("Basel-Stadt"),
    "FR": _("Fribourg"),
    "GE": _("Geneva"),
    "GL": _("Glarus"),
    "GR": _("Graubünden"),
    "JU": _("Jura"),
    "LU": _("Lucerne"),
    "NE": _("Neuchâtel"),
    "NW": _("Nidwalden"),
    "OW": _("Obwalden"),
    "SG": _("St. Gallen"),
    "SH": _("Schaffhausen"),
    "SO": _("Solothurn"),
    "SZ": _("Schwyz"),
    "TG": _("Thurgau"),
    "TI": _("Ticino"),
    "UR": _("Uri"),
    "VD": _("Vaud"),
    "VS": _("Valais"),
    "ZG": _("Zug"),
    "ZH": _("Zurich"),
}
